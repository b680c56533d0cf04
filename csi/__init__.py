"""csi: from a survey export to a customer satisfaction index that stands up to questions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# The public names and the module each one lives in; nothing is imported before it is asked for.
_PUBLIC = {
    "AskedError": "csi.errors",
    "Codebook": "csi.data.codebook",
    "CsiError": "csi.errors",
    "DataError": "csi.errors",
    "Estimate": "csi.estimates",
    "EstimationError": "csi.errors",
    "IndicatorTree": "csi.measures.index.tree",
    "Item": "csi.data.codebook",
    "LevelBands": "csi.measures.index.level_bands",
    "ModelError": "csi.errors",
    "Moments": "csi.moments",
    "OptionError": "csi.errors",
    "OutputError": "csi.errors",
    "PathModel": "csi.models.path",
    "Result": "csi.results",
    "Scale": "csi.data.scales",
    "Study": "csi.study",
    "Survey": "csi.data.survey",
    "analyse_survey": "csi.study",
    "as_survey": "csi.data.given",
    "check_factorability": "csi.measures.trust.factorability",
    "check_reliability": "csi.measures.trust.reliability",
    "check_responses": "csi.data.response_check",
    "check_weights": "csi.data.weighting",
    "classify_bands": "csi.measures.index.bands",
    "classify_customers": "csi.measures.index.customer_class",
    "classify_disconfirmation": "csi.measures.quality.disconfirmation",
    "compare_equivalence": "csi.measures.scores.targets",
    "compare_importance": "csi.drivers.compare",
    "compare_nonresponse": "csi.data.nonresponse",
    "compare_nps": "csi.measures.scores.nps",
    "compare_specifications": "csi.specifications",
    "compare_target": "csi.measures.scores.targets",
    "derive_indicator_weights": "csi.measures.weights.criteria",
    "derive_points": "csi.measures.scores.transforms",
    "draft_codebook": "csi.drafts",
    "fetch_dataset": "csi.data.fetch",
    "fit_asymmetry": "csi.drivers.asymmetry",
    "fit_drivers": "csi.drivers.regression",
    "fit_expectations": "csi.drivers.expectations",
    "fit_factors": "csi.measures.trust.factors",
    "fit_icc": "csi.measures.trust.icc",
    "fit_importance": "csi.drivers.importance",
    "fit_pls": "csi.models.pls",
    "list_attribution_emotions": "csi.drivers.expectations",
    "list_labels": "csi.measures.quality.label_tables",
    "list_models": "csi.models.catalog",
    "list_samples": "csi.data.samples",
    "list_service_indicators": "csi.measures.public_service.service_indicators",
    "list_three_factors": "csi.drivers.asymmetry_tables",
    "load_model": "csi.models.catalog",
    "load_moments": "csi.data.samples",
    "load_sample": "csi.data.samples",
    "plan_calendar": "csi.data.survey_calendar",
    "plan_change": "csi.data.change_plans",
    "plan_sample": "csi.data.sampling",
    "plot_asymmetry": "csi.report.plots",
    "plot_estimates": "csi.report.plots",
    "plot_gaps": "csi.report.plots",
    "plot_importance": "csi.report.plots",
    "plot_index": "csi.report.plots",
    "plot_kano": "csi.report.plots",
    "plot_loadings": "csi.report.plots",
    "plot_missing": "csi.report.plots",
    "plot_nps": "csi.report.plots",
    "plot_paths": "csi.report.plots",
    "plot_priorities": "csi.report.plots",
    "plot_quadrants": "csi.report.plots",
    "plot_ratings": "csi.report.plots",
    "plot_specifications": "csi.report.plots",
    "plot_surface": "csi.report.plots",
    "plot_tree": "csi.report.plots",
    "post_stratify": "csi.data.weighting",
    "rake": "csi.data.weighting",
    "read_csv": "csi.data.readers.doors",
    "read_excel": "csi.data.readers.doors",
    "read_google_forms": "csi.data.readers.doors",
    "read_limesurvey": "csi.data.readers.doors",
    "read_parquet": "csi.data.readers.doors",
    "read_qualtrics": "csi.data.readers.doors",
    "read_spss": "csi.data.readers.doors",
    "read_stata": "csi.data.readers.doors",
    "read_survey": "csi.data.readers.door",
    "read_surveymonkey": "csi.data.readers.doors",
    "read_tencent": "csi.data.readers.doors",
    "read_wenjuanxing": "csi.data.readers.wenjuanxing",
    "score_agreement": "csi.measures.trust.agreement",
    "score_blend": "csi.measures.index.blend",
    "score_ces": "csi.measures.scores.rates",
    "score_composite": "csi.measures.scores.composites",
    "score_csat": "csi.measures.scores.rates",
    "score_fuzzy": "csi.measures.evaluation.fuzzy",
    "score_grey": "csi.measures.evaluation.ranking",
    "score_index": "csi.measures.index.index",
    "score_items": "csi.measures.scores.items",
    "score_journey": "csi.measures.quality.journey",
    "score_kano": "csi.measures.quality.kano",
    "score_kpi": "csi.measures.scores.kpi",
    "score_mean": "csi.measures.scores.transforms",
    "score_nps": "csi.measures.scores.nps",
    "score_public_service": "csi.measures.public_service.public_service",
    "score_quadrants": "csi.measures.quality.quadrants",
    "score_rate": "csi.measures.scores.rates",
    "score_response": "csi.data.response_rates",
    "score_servqual": "csi.measures.quality.servqual",
    "score_top_box": "csi.measures.scores.rates",
    "score_topsis": "csi.measures.evaluation.ranking",
    "show_progress": "csi.inference.progress",
    "simulate_improvement": "csi.drivers.improvement",
    "use_chinese_fonts": "csi.report.plots",
    "use_language": "csi.language",
    "write_report": "csi.report.html",
    "write_tables": "csi.report.tables",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(import_module(_PUBLIC[name]), name)
        globals()[name] = value
        return value
    try:
        return import_module(f"csi.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"csi.{name}":
            raise
        raise AttributeError(f"module 'csi' has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(__all__)
