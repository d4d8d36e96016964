"""Documents made of what was counted: each of an order, which holds all that its bytes depend on but the inputs.

An order is made from options typed, or from those that a document's origin records: so a document can be made again.
"""
