# What R's survey package says of data/samples/mobile.csv; run from the root of the repository:
#   Rscript tests/golden/survey_mobile.R
# Writes tests/golden/survey_mobile.json. Codes 95, 96, 98, 99 mean: no answer.
suppressMessages({library(survey); library(jsonlite)})

data <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)
items <- setdiff(names(data), c("id", "operator", "wave", "region", "interviewer", "weight", "seconds"))
for (item in items) data[[item]][data[[item]] %in% c(95, 96, 98, 99)] <- NA
data$happy <- as.numeric(data$sat_overall >= 8)
data$net <- as.numeric(data$recommend >= 9) - as.numeric(data$recommend <= 6)
full <- data
means <- c("sat_overall", "quality_overall", "loyal_price", "complained", "happy", "net")
flat <- function(x) as.numeric(x)
mean_of <- function(formula, design, ...) {
  found <- svymean(formula, design, na.rm = TRUE, ...)
  list(estimate = flat(coef(found)), std_error = flat(SE(found)))
}
one_by_one <- function(design) {
  found <- lapply(means, function(item) mean_of(reformulate(item), design))
  list(estimate = sapply(found, `[[`, "estimate"), std_error = sapply(found, `[[`, "std_error"))
}

mobile <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, data = data, nest = TRUE)
out <- list(
  made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey")),
                   script = "tests/golden/survey_mobile.R"),
  items = means, n = nrow(data), df = degf(mobile),
  means = one_by_one(mobile),
  weights_only = one_by_one(svydesign(ids = ~1, weights = ~weight, data = data)),
  strata_only = one_by_one(svydesign(ids = ~1, strata = ~region, weights = ~weight, data = data)),
  plain = one_by_one(svydesign(ids = ~1, data = data, weights = ~rep(1, nrow(data))))
)

# groups are domains
operators <- sort(unique(data$operator))
by_operator <- lapply(means, function(item) {
  found <- svyby(reformulate(item), ~operator, mobile, svymean, na.rm = TRUE)
  list(estimate = flat(coef(found)), std_error = flat(SE(found)))
})
out$operators <- operators
out$by_operator <- list(estimate = lapply(by_operator, `[[`, "estimate"), std_error = lapply(by_operator, `[[`, "std_error"))

# several means together, and a difference of groups: covariances need complete rows in R
complete <- subset(mobile, !is.na(sat_overall) & !is.na(loyal_price) & !is.na(recommend))
joint <- svymean(~sat_overall + loyal_price + net, complete)
out$joint <- list(estimate = flat(coef(joint)), covariance = unname(matrix(flat(vcov(joint)), 3)))
answered <- subset(mobile, !is.na(sat_overall))
groups <- svyby(~sat_overall, ~operator, answered, svymean, covmat = TRUE)
contrast <- svycontrast(groups, setNames(c(1, -1), operators[1:2]))
out$contrast <- list(estimate = flat(coef(contrast)), std_error = flat(SE(contrast)),
                     covariance = unname(matrix(flat(vcov(groups)), length(operators))))
ratio <- svyratio(~sat_overall, ~quality_overall, subset(mobile, !is.na(sat_overall) & !is.na(quality_overall)))
out$ratio <- list(estimate = flat(coef(ratio)), std_error = flat(SE(ratio)))
variance <- svyvar(~sat_overall, mobile, na.rm = TRUE)
out$variance <- list(estimate = flat(coef(variance)), std_error = flat(SE(variance)))

# quantiles: the rules math (the default) and school, intervals of Woodruff
probs <- c(.1, .25, .5, .75, .9)
quantile_of <- function(item, design, rule) {
  found <- svyquantile(reformulate(item), design, quantiles = probs, ci = TRUE, na.rm = TRUE, qrule = rule)
  table <- found[[1]]
  list(estimate = flat(table[, "quantile"]), lower = flat(table[, "ci.2.5"]), upper = flat(table[, "ci.97.5"]),
       std_error = flat(table[, "se"]))
}
out$probs <- probs
out$quantiles <- list()
for (item in c("sat_overall", "seconds", "loyal_price"))
  for (rule in c("math", "school"))
    out$quantiles[[item]][[rule]] <- quantile_of(item, mobile, rule)
out$quantiles_by <- lapply(operators, function(one) quantile_of("seconds", subset(mobile, operator == one), "math"))
out$df_by <- sapply(operators, function(one) degf(subset(mobile, operator == one)))

# regressions
used <- subset(mobile, !is.na(sat_overall) & !is.na(quality_overall) & !is.na(value_price) & !is.na(complained))
line <- svyglm(sat_overall ~ quality_overall + value_price + complained, design = used)
out$regression <- list(coef = flat(coef(line)), covariance = unname(matrix(flat(vcov(line)), 4)), df = line$df.residual)
logit <- svyglm(happy ~ quality_overall + value_price, design = used, family = quasibinomial(),
                control = glm.control(epsilon = 1e-14, maxit = 100))
out$logistic <- list(coef = flat(coef(logit)), covariance = unname(matrix(flat(vcov(logit)), 3)))
lines <- lapply(operators, function(one) {
  found <- svyglm(sat_overall ~ quality_overall + value_price, design = subset(used, operator == one))
  list(coef = flat(coef(found)), std_error = flat(SE(found)))
})
out$regression_by <- list(coef = lapply(lines, `[[`, "coef"), std_error = lapply(lines, `[[`, "std_error"))

# finite populations: sampling units per stratum of the population
sizes <- tapply(data$interviewer, data$region, function(x) length(unique(x)))
data$population <- as.numeric(sizes[data$region]) * 3 + match(data$region, names(sizes))
out$population <- as.list(tapply(data$population, data$region, `[`, 1))
finite <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, fpc = ~population, data = data, nest = TRUE)
out$finite <- one_by_one(finite)
persons <- table(data$region)
data$persons <- as.numeric(persons[data$region]) * 2
out$finite_persons <- one_by_one(svydesign(ids = ~1, strata = ~region, weights = ~weight, fpc = ~persons, data = data))

# strata with one sampling unit: of two regions only the first interviewer's respondents are kept
first <- tapply(data$interviewer, data$region, min)
lonely <- names(first)[1:2]
part <- data[!(data$region %in% lonely) | data$interviewer == first[data$region], ]
out$lonely <- list(regions = lonely, interviewers = unname(first[lonely]), n = nrow(part))
for (rule in c("certainty", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  out$lonely[[rule]] <- one_by_one(svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, data = part, nest = TRUE))
  out$lonely[[paste0(rule, "_finite")]] <-
    one_by_one(svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, fpc = ~population, data = part, nest = TRUE))
}
options(survey.lonely.psu = "fail")

# raking to margins of operator and wave
total <- sum(data$weight)
shares <- list(operator = c(.4, .3, .2, .1), wave = c(.25, .35, .4))
waves <- sort(unique(data$wave))
margins <- list(data.frame(operator = operators, Freq = shares$operator * total),
                data.frame(wave = waves, Freq = shares$wave * total))
raked <- rake(mobile, list(~operator, ~wave), margins, control = list(epsilon = 1e-12, maxit = 1000))
totals <- c(`(Intercept)` = total, setNames(shares$operator[-1] * total, paste0("operator", operators[-1])),
            setNames(shares$wave[-1] * total, paste0("wave", waves[-1])))
calibrated <- calibrate(mobile, ~operator + wave, totals, calfun = "raking", epsilon = 1e-13, maxit = 200)
post <- postStratify(mobile, ~operator, margins[[1]])
with_regression <- function(design) {
  domain <- svyby(~sat_overall, ~region, design, svymean, na.rm = TRUE)
  c(one_by_one(design), list(by_region = list(estimate = flat(coef(domain)), std_error = flat(SE(domain))),
                             weights = head(flat(weights(design)), 20)))
}
out$raking <- list(targets = shares, waves = waves, regions = sort(unique(data$region)),
                   rake = with_regression(raked), calibrate = with_regression(calibrated))
out$post <- with_regression(post)
out$calibrated_flat <- with_regression(calibrate(
  svydesign(ids = ~1, weights = ~weight, data = data), ~operator + wave, totals, calfun = "raking", epsilon = 1e-13, maxit = 200))

# the worked example of METHODS C.7: cells 20, 30, 10, 40
small <- data.frame(a = rep(c(1, 1, 2, 2), c(20, 30, 10, 40)), b = rep(c(1, 2, 1, 2), c(20, 30, 10, 40)))
example <- rake(svydesign(ids = ~1, data = small, weights = ~rep(1, 100)), list(~a, ~b),
                list(data.frame(a = 1:2, Freq = c(50, 50)), data.frame(b = 1:2, Freq = c(45, 55))),
                control = list(epsilon = 1e-12, maxit = 1000))
out$example <- flat(tapply(weights(example), interaction(small$b, small$a), sum))

write_json(out, "tests/golden/survey_mobile.json", digits = I(17), auto_unbox = TRUE, pretty = TRUE)
