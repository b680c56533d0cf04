"""Where each measure of importance comes from."""

from __future__ import annotations

from collections.abc import Mapping

from csi.estimation.measured import CSI

LMG = {
    "text": "Grömping, U. (2007). Estimators of relative importance in linear regression based on variance "
    "decomposition. The American Statistician 61(2), 139-147.",
    "bibtex": '@article{gromping2007, author={Gr{\\"o}mping, Ulrike}, title={Estimators of relative importance in '
    "linear regression based on variance decomposition}, journal={The American Statistician}, volume={61}, number={2}, "
    "pages={139--147}, year={2007}}",
}
DOMINANCE = {
    "text": "Azen, R. & Budescu, D. V. (2003). The dominance analysis approach for comparing predictors in multiple "
    "regression. Psychological Methods 8(2), 129-148.",
    "bibtex": "@article{azen2003, author={Azen, Razia and Budescu, David V.}, title={The dominance analysis approach "
    "for comparing predictors in multiple regression}, journal={Psychological Methods}, volume={8}, number={2}, "
    "pages={129--148}, year={2003}}",
}
JOHNSON = {
    "text": "Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor variables in "
    "multiple regression. Multivariate Behavioral Research 35(1), 1-19.",
    "bibtex": "@article{johnson2000, author={Johnson, Jeff W.}, title={A heuristic method for estimating the relative "
    "weight of predictor variables in multiple regression}, journal={Multivariate Behavioral Research}, volume={35}, "
    "number={1}, pages={1--19}, year={2000}}",
}
PRATT = {
    "text": "Pratt, J. W. (1987). Dividing the indivisible: using simple symmetry to partition variance explained. "
    "Proceedings of the Second International Tampere Conference in Statistics, 245-260.",
    "bibtex": "@inproceedings{pratt1987, author={Pratt, John W.}, title={Dividing the indivisible: using simple "
    "symmetry to partition variance explained}, booktitle={Proceedings of the Second International Tampere Conference "
    "in Statistics}, pages={245--260}, year={1987}}",
}
CAR = {
    "text": "Zuber, V. & Strimmer, K. (2011). High-dimensional regression and variable selection using CAR scores. "
    "Statistical Applications in Genetics and Molecular Biology 10(1).",
    "bibtex": "@article{zuber2011, author={Zuber, Verena and Strimmer, Korbinian}, title={High-dimensional regression "
    "and variable selection using {CAR} scores}, journal={Statistical Applications in Genetics and Molecular Biology}, "
    "volume={10}, number={1}, year={2011}}",
}
OF_METHOD = {
    "lmg": (LMG, DOMINANCE),
    "lmg_sampled": (LMG,),
    "johnson": (JOHNSON,),
    "pratt": (PRATT,),
    "car": (CAR,),
}


def sources_of(method: str) -> tuple[Mapping[str, str], ...]:
    """The sources of a method and of csi."""
    return (*OF_METHOD.get(method, (LMG,)), CSI)
