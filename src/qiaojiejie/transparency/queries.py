"""Read the public log."""

from qiaojiejie.core.secrets import blind


def opaque(kind: str, value: str) -> str:
    """The public key of a person, firm, household, order…: the kind's first letter and a keyed digest of the value.

    The value: ``worker.id_index.hex()`` of a person, ``str(id)`` of everything else.
    """
    return f"{kind[0]}_{blind(f'credit-{kind}', value).hex()[:24]}"
