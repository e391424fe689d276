"""Read titles, requests for invoices, and what became of a booking's money."""
