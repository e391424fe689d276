"""Lives of a booking's money, lived over HTTP: what befalls any (`money`), those of visits and of engagements."""
