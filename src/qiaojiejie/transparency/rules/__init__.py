"""The public log's arithmetic, for the service and for anyone who checks it from outside. Pure.

``leaves``: what a leaf says, to the byte. ``tree``: RFC 6962. ``notes``: signed notes, cosignatures. ``tiles``: C2SP's.
"""

from qiaojiejie.transparency.rules.leaves import (OWN_NAMES, SALT_BYTES, Leaf, body, body_of_line, canonical,
                                                  commitment, day_number, export_line)
from qiaojiejie.transparency.rules.notes import (LOG, WITNESS, BadNote, Checkpoint, Forged, Key, Note, NotSigned,
                                                 Signature, cosign, key_of, parse_checkpoint, parse_key, parse_note,
                                                 sign, verify_note)
from qiaojiejie.transparency.rules.tiles import HEIGHT, WIDTH, Tile, bundle, parse_tile, tiles_of, unbundle
from qiaojiejie.transparency.rules.tree import (EMPTY, Node, consistency_path, fold, grow, inclusion_path, leaf_hash,
                                                node_hash, peaks, verify_consistency, verify_inclusion)
from qiaojiejie.transparency.rules.witness import Submission, parse_submission

__all__ = [
    "BadNote", "Checkpoint", "EMPTY", "Forged", "HEIGHT", "Key", "LOG", "Leaf", "Node", "NotSigned", "Note",
    "OWN_NAMES", "SALT_BYTES", "Signature", "Submission", "Tile", "WIDTH", "WITNESS", "body", "body_of_line",
    "bundle", "canonical", "commitment", "consistency_path", "cosign", "day_number", "export_line", "fold",
    "grow", "inclusion_path", "key_of", "leaf_hash", "node_hash", "parse_checkpoint", "parse_key", "parse_note",
    "parse_submission", "parse_tile", "peaks", "sign", "tiles_of", "unbundle", "verify_consistency",
    "verify_inclusion", "verify_note"]
