# What R says of driver regressions; run from the root of the repository:
#   Rscript tests/golden/drivers.R
# Writes tests/golden/drivers.json. Codes 95, 96, 98, 99 of data/samples/mobile.csv mean: no answer.
suppressMessages({library(survey); library(MASS); library(jsonlite)})
flat <- function(x) as.numeric(x)
square <- function(x) unname(matrix(flat(x), nrow(x)))

# the Copenhagen housing survey, as rows
rows <- housing[rep(seq_len(nrow(housing)), housing$Freq), ]
of_polr <- function(method) {
  found <- polr(Sat ~ Infl + Type + Cont, data = rows, method = method, Hess = TRUE,
                control = list(reltol = 1e-15, maxit = 1000))
  list(names = names(coef(found)), coef = flat(coef(found)), thresholds = flat(found$zeta),
       std_error = sqrt(diag(vcov(found))), deviance = found$deviance)
}
out <- list(
  made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey")),
                   MASS = as.character(packageVersion("MASS")), script = "tests/golden/drivers.R"),
  cells = list(Sat = as.character(housing$Sat), Infl = as.character(housing$Infl), Type = as.character(housing$Type),
               Cont = as.character(housing$Cont), Freq = housing$Freq),
  logit = of_polr("logistic"), probit = of_polr("probit"))

data <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)
for (item in setdiff(names(data), c("id", "operator", "wave", "region", "interviewer", "weight", "seconds")))
  data[[item]][data[[item]] %in% c(95, 96, 98, 99)] <- NA
data$happy <- as.numeric(data$sat_overall >= 8)
data$level <- factor(pmax(data$sat_overall, 4), ordered = TRUE)
sizes <- tapply(data$interviewer, data$region, function(x) length(unique(x)))
data$population <- as.numeric(sizes[data$region]) * 3 + match(data$region, names(sizes))
needed <- c("sat_overall", "quality_overall", "value_price")
complete <- function(design) subset(design, complete.cases(model.frame(design)[, needed]))
of <- function(found, q) list(coef = flat(coef(found))[1:q], covariance = square(vcov(found)[1:q, 1:q]))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
designs <- list(
  full = svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, data = data, nest = TRUE),
  finite = svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, fpc = ~population, data = data, nest = TRUE),
  weights = svydesign(ids = ~1, weights = ~weight, data = data),
  plain = svydesign(ids = ~1, weights = ~rep(1, nrow(data)), data = data))
total <- sum(data$weight)
operators <- sort(unique(data$operator))
out$shares <- c(.4, .3, .2, .1)
totals <- c(`(Intercept)` = total, setNames(out$shares[-1] * total, paste0("operator", operators[-1])))
designs$raked <- calibrate(designs$full, ~operator, totals, calfun = "raking", epsilon = 1e-13, maxit = 200)
for (name in names(designs)) {
  used <- complete(designs[[name]])
  line <- svyglm(sat_overall ~ quality_overall + value_price, design = used)
  logit <- svyglm(happy ~ quality_overall + value_price, design = used, family = quasibinomial(), control = tight)
  probit <- svyglm(happy ~ quality_overall + value_price, design = used, family = quasibinomial("probit"), control = tight)
  out[[name]] <- list(linear = c(of(line, 3), df = line$df.residual), top_box = of(logit, 3), probit = of(probit, 3))
}
used <- complete(designs$full)
segment <- svyglm(sat_overall ~ quality_overall * operator + value_price * operator, design = used)
out$interaction <- list(names = names(coef(segment)), coef = flat(coef(segment)), std_error = flat(SE(segment)))
out$by_operator <- lapply(operators, function(one) {
  found <- svyglm(sat_overall ~ quality_overall + value_price, design = subset(used, operator == one))
  list(coef = flat(coef(found)), std_error = flat(SE(found)))
})

# ordered: the scores and the information by the textbook, from coefficients that are iterated to the end, and svyolr
ordered <- svyolr(level ~ quality_overall + value_price, design = used, control = list(reltol = 1e-15, maxit = 2000))
out$svyolr <- list(coef = flat(coef(ordered)), std_error = sqrt(diag(vcov(ordered))))

# robust errors of lm by the formulas of MacKinnon and White
rows <- data[complete.cases(data[, needed]), ]
line <- lm(sat_overall ~ quality_overall + value_price, data = rows)
x <- model.matrix(line); e <- residuals(line); h <- hatvalues(line); bread <- solve(crossprod(x)); n <- nrow(x)
meat <- function(e) square(bread %*% crossprod(x * e) %*% bread)
out$lm <- list(coef = flat(coef(line)), normal = square(vcov(line)), hc0 = meat(e), hc1 = meat(e) * n / (n - 3),
               hc2 = meat(e / sqrt(1 - h)), hc3 = meat(e / (1 - h)), r2 = summary(line)$r.squared,
               r2_adjusted = summary(line)$adj.r.squared, sigma = summary(line)$sigma, aic = AIC(line), bic = BIC(line),
               cook = max(cooks.distance(line)))
# Koenker's form of Breusch and Pagan's test
squares <- lm(e^2 ~ quality_overall + value_price, data = rows)
out$lm$breusch_pagan <- pchisq(n * summary(squares)$r.squared, 2, lower.tail = FALSE)
binary <- glm(happy ~ quality_overall + value_price, data = rows, family = binomial(), control = tight)
out$glm <- list(coef = flat(coef(binary)), std_error = sqrt(diag(vcov(binary))), deviance = binary$deviance,
                null = binary$null.deviance, aic = AIC(binary), cook = max(cooks.distance(binary)))
# a probit by the observed information, as ordered regressions have it; svyglm takes the expected one
eta <- flat(x %*% coef(glm(happy ~ quality_overall + value_price, data = rows, family = binomial("probit"), control = tight)))
z <- rows$happy * 2 - 1
ratio <- z * dnorm(eta) / pnorm(z * eta)
bread <- solve(crossprod(x, x * (ratio * (eta + ratio))))
out$probit_observed <- list(hc0 = square(bread %*% crossprod(x * ratio) %*% bread), information = square(bread))
# RESET with errors that allow the spread to differ: Wald's F of the second and third power of the prediction
line <- svyglm(sat_overall ~ quality_overall + value_price, design = used)
powers <- scale(fitted(line)); frame <- used
frame$variables$second <- frame$variables$third <- NA
rows_used <- as.numeric(names(fitted(line)))
frame <- update(frame, second = powers[, 1]^2, third = powers[, 1]^3)
out$reset <- regTermTest(svyglm(sat_overall ~ quality_overall + value_price + second + third, design = frame),
                         ~second + third, df = degf(used) - 2)$p[1]
write_json(out, "tests/golden/drivers.json", digits = I(17), auto_unbox = TRUE, pretty = TRUE)
