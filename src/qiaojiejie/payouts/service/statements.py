"""Print statements, and the list of transfers a clerk uploads at the bank."""

from uuid import UUID

from qiaojiejie.core.access import Actor
from qiaojiejie.identity import service as identity
from qiaojiejie.payouts.errors import NothingToTransfer
from qiaojiejie.payouts.queries import batches, items, statements


def sheet(*, actor: Actor, firm_id: UUID, item_id: UUID) -> bytes:
    """A statement as .xlsx, to the firm's manager and the federation. Raises FirmNotFound, PayoutItemNotFound."""
    from qiaojiejie.payouts.rules import workbook

    return workbook.statement(statements.paper(items.one_of_firm(actor, firm_id, item_id)))


def print_out(*, actor: Actor, firm_id: UUID, item_id: UUID) -> bytes:
    """A statement as PDF, to the firm's manager and the federation. Raises FirmNotFound, PayoutItemNotFound."""
    from qiaojiejie.payouts.rules import paper

    return paper.statement(statements.paper(items.one_of_firm(actor, firm_id, item_id)))


def transfers(*, actor: Actor, batch_id: UUID) -> bytes:
    """The approved bank transfers of a batch with whole account numbers; each is a recorded look.

    Raises PayoutBatchNotFound, NothingToTransfer.
    """
    from qiaojiejie.payouts.rules import workbook

    found = batches.to_transfer(batch_id)
    if not found:
        raise NothingToTransfer()
    identity.look_at_all(actor=actor, subjects=[f"firm:{item.firm_id}" for item in found], field="bank_account",
                         reason=f"payout_batch:{batch_id}")
    rows = [(item.firm.name, account.number.reveal(), account.bank_name or "", account.branch or "", item.amount_fen,
             f"巧姐姐结算 {item.through} {item.id.hex[-8:]}")
            for item in found for account in [item.account] if account is not None and account.number is not None]
    return workbook.transfers(rows, str(found[0].through))
