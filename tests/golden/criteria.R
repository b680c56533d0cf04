# Reference numbers for tests/test_criteria.py and tests/test_fuzzy.py. Run from the root of the repository:
#   Rscript tests/golden/criteria.R
# MaxDiff: survival::clogit, best and worst as two strata, robust errors by respondent (without G / (G - 1)).
# Entropy weights of respondents and the memberships of a fuzzy evaluation: survey::svymean and svycontrast.
library(survival)
library(survey)
options(survey.lonely.psu = "fail")

choices <- read.csv("tests/golden/maxdiff.csv")
items <- sort(unique(choices$item))
long <- list()
for (key in unique(paste(choices$respondent, choices$set))) {
  part <- choices[paste(choices$respondent, choices$set) == key, ]
  rest <- part[part$best == 0, ]
  long[[length(long) + 1]] <- data.frame(stratum = paste(key, "b"), respondent = part$respondent, item = part$item, sign = 1, y = part$best)
  long[[length(long) + 1]] <- data.frame(stratum = paste(key, "w"), respondent = rest$respondent, item = rest$item, sign = -1, y = rest$worst)
}
long <- do.call(rbind, long)
for (name in items[-1]) long[[name]] <- long$sign * (long$item == name)
formula <- as.formula(paste("y ~", paste(items[-1], collapse = " + "), "+ strata(stratum) + cluster(respondent)"))
fit <- clogit(formula, long, method = "breslow", robust = TRUE, control = coxph.control(eps = 1e-11, toler.chol = 1e-12, iter.max = 50))
maxdiff <- list(items = items, coef = unname(c(0, coef(fit))), var = unname(vcov(fit)), loglik = fit$loglik[2])

answers <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", check.names = FALSE)
quality <- c("quality_overall", "quality_needs", "quality_network")
for (name in quality) {
  answers[[name]] <- suppressWarnings(as.numeric(answers[[name]]))
  answers[[name]][!(answers[[name]] %in% 1:10)] <- NA
}
answers$complete <- complete.cases(answers[quality])
for (name in quality) {
  x <- ifelse(is.na(answers[[name]]), 1, answers[[name]])
  answers[[paste0("log_", name)]] <- x * log(x)
  answers[[name]] <- x
  grade <- cut(x, c(0, 4, 7, 10), labels = FALSE)
  for (g in 1:3) answers[[paste0("g", g, "_", name)]] <- as.numeric(grade == g)
}
a <- c(.5, .3, .2)
for (g in 1:3) answers[[paste0("B", g)]] <- Reduce(`+`, Map(function(w, n) w * answers[[paste0("g", g, "_", n)]], a, quality))
design <- svydesign(~interviewer, strata = ~region, weights = ~weight, data = answers, nest = TRUE)
inside <- subset(design, complete)
means <- svymean(as.formula(paste("~", paste(c(quality, paste0("log_", quality)), collapse = " + "))), inside)
theil <- sapply(quality, function(n) sprintf("(log_%s / %s - log(%s))", n, n, n))
total <- paste(theil, collapse = " + ")
entropy <- lapply(theil, function(one) svycontrast(means, parse(text = sprintf("%s / (%s)", one, total))[[1]]))
B <- svymean(~ B1 + B2 + B3, inside)
lead <- svycontrast(B, c(B1 = 0, B2 = -1, B3 = 1))
number <- function(x) unname(as.numeric(x))
out <- list(
  `_meta` = list(R = R.version.string, survival = as.character(packageVersion("survival")), survey = as.character(packageVersion("survey"))),
  maxdiff = maxdiff,
  entropy = list(items = quality, estimate = sapply(entropy, number), se = sapply(entropy, function(x) number(SE(x)))),
  fuzzy = list(weights = a, estimate = number(coef(B)), se = number(SE(B)), lead = number(lead), lead_se = number(SE(lead)), n = sum(answers$complete))
)
writeLines(jsonlite::toJSON(out, digits = 15, auto_unbox = TRUE), "tests/golden/criteria.json")
