"""How PLS estimates move: the estimator as the engine sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.estimation.engine import Numbers
from csi.estimation.moments import OfMoments
from csi.inference.bootstrap import Batch
from csi.language import Note, note
from csi.models.pls_data import Data
from csi.models.pls_quantities import Question, Solved, derive, solve_batch

Array = NDArray[np.float64]
FINE = 1e-12  # tolerance of the iteration under a numeric derivative


@dataclass(frozen=True, eq=False)
class OfPls(OfMoments):
    """The numbers of a PLS model.

    Attributes
    ----------
    solved : the numbers of the sample, from the iteration run to its end
    consistent : whether PLSc is asked for, whose estimates can be inadmissible
    """

    solved: Mapping[str, Array] | None = None
    consistent: bool = False

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return dict(self.solved)

    def inadmissible(self, draws: Mapping[str, Array]) -> NDArray[np.bool_]:
        """(B,) replicates whose PLSc solution is inadmissible: a reliability, loading or path out of bounds."""
        if not self.consistent:
            return super().inadmissible(draws)
        there = np.isfinite(draws["weights"]).all(axis=0)
        with np.errstate(invalid="ignore"):
            rho = ((draws["rho_a"] <= 0) | (draws["rho_a"] > 1 + 1e-9)).any(axis=0)
            beyond = (np.abs(draws["paths"]) > 1).any(axis=0) | (np.abs(draws["loadings"]) > 1 + 1e-9).any(axis=0)
        return there & (rho | beyond | np.isnan(draws["paths"]).any(axis=0))

    def remark(self) -> Note:
        """The note that says how replicates are drawn."""
        kind = "plain" if self.design.plain else "complex"
        return note("design_" + kind, units=self.design.units, strata=int(self.design.unit_stratum.max()) + 1)


def estimator_of(question: Question, data: Data, solved: Solved, numbers: Mapping[str, Array]) -> OfPls:
    """The estimator of a model that was solved for the sample, from whose weights every replicate starts."""
    reference = [solution.weights[:, 0] for solution in solved.sources]
    fine = evaluator(replace(question, tolerance=FINE), reference)
    return OfPls(
        data.domains, data.together, evaluator(question, reference), data.n_eff, data.rows, data.design,
        data.moments, fine, numbers, question.consistent,
    )  # fmt: skip


def evaluator(question: Question, reference: list[Array], resign: bool = True) -> Callable:
    """The numbers as a function of moments: named arrays (k, b), NaN where the iteration did not converge."""

    def evaluate(domains: list[Batch], together: Batch) -> dict[str, Array]:
        return derive(question, solve_batch(question, domains, together, reference, resign))

    return evaluate
