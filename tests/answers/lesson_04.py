"""Right answers of lesson 04, as a student finds them."""

from __future__ import annotations

import csi

TREE = """
product 50
  quality 30
  packaging 10
  usability 10
purchase 20
  reception 8
  procedure 8
  price_payment 10
service 30
  transport 8
  problem_handling 12
  technical_support 10
"""


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    tables = [csi.load_sample(name) for name in ("pvc_customers", "pvc_visits", "pvc_complaints")]
    blend = csi.score_blend(*tables, csi.IndicatorTree.parse(TREE), policy="within_group")
    scores = blend.scores().set_index("customer")
    wanted = {("rule_not_mentioned", "90"): 1, ("rule_not_mentioned", "70"): -1}
    judge = [[1, 4, 2], ["1/4", 1, 3], ["1/2", "1/3", 1]]
    ahp = csi.derive_indicator_weights(items=["product", "purchase", "service"], judgements=judge)
    return {
        "04.1": scores.loc["F002", "final"],
        "04.2": blend.contrast(wanted, table="sensitivity"),
        "04.3": list(scores.index[scores["adjustment"] > 0]),
        "04.4": ahp.value("1", "cr", table="judges"),
    }
