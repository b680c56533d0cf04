# Late against early answers and shares of a group on the sample `mobile`, with R survey.
# Rscript tests/golden/nonresponse_mobile.R  (from the root of the project) rewrites nonresponse_mobile.json.
library(survey)
library(jsonlite)
data <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", na.strings = c("", "NA", "95", "96", "98", "99"))
data$late <- data$wave == "2026H1"
data$expect_wrong <- 11 - data$expect_wrong
design <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, nest = TRUE, data = data)
one <- function(item) {
  answered <- subset(design, !is.na(data[[item]])) # a domain: the design stays whole
  both <- svyby(as.formula(paste0("~", item)), ~late, answered, svymean, covmat = TRUE)
  contrast <- svycontrast(both, c("FALSE" = -1, "TRUE" = 1))
  list(mean = unname(coef(both)), se = unname(SE(both)), difference = unname(coef(contrast)), difference_se = unname(SE(contrast)[1]))
}
shares <- svymean(~operator, design)
post <- postStratify(design, ~operator, data.frame(operator = c("Amber", "Birch", "Coral", "Dune"), Freq = c(.4, .3, .2, .1)))
factor <- tapply(weights(post) / weights(design), data$operator, mean)
factor <- factor * sum(weights(design))
write_json(
  list(
    tool = paste("R", getRversion(), "survey", packageVersion("survey")),
    df = degf(design),
    items = list(sat_overall = one("sat_overall"), expect_wrong = one("expect_wrong")),
    operator = list(share = unname(coef(shares)), se = unname(SE(shares)), factor = unname(factor))
  ),
  "tests/golden/nonresponse_mobile.json", digits = NA, auto_unbox = TRUE, pretty = TRUE
)
