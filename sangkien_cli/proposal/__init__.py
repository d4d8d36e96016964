"""A first quota file proposed from exports (`sangkien init`): every guess with its reason, what is not sure asked."""

from sangkien_cli.proposal.model import Asker, BestGuess, Proposal
from sangkien_cli.proposal.propose import Wish, propose

__all__ = ["Asker", "BestGuess", "Proposal", "Wish", "propose"]
