# Weighted indices and the blend of questionnaire, visit and complaint record, written anew in R, with errors by survey.
# Rscript tests/golden/weighted_index.R  (from the root of the project) rewrites weighted_index.json.
library(survey)
library(jsonlite)
options(survey.lonely.psu = "fail")

# The index of the sample `mobile`: 40 % satisfaction (two items, 3 : 1), 60 % image (three items alike), min-max of 1-10.
data <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", na.strings = c("", "NA", "95", "96", "98", "99"))
items <- c("sat_overall", "sat_ideal", "image_trust", "image_stable", "image_society")
for (name in items) data[[name]] <- (data[[name]] - 1) / 9 * 100
data$satisfaction <- .75 * data$sat_overall + .25 * data$sat_ideal
data$image <- (data$image_trust + data$image_stable + data$image_society) / 3
data$index <- .4 * data$satisfaction + .6 * data$image
design <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, nest = TRUE, data = data)
answered <- subset(design, complete.cases(data[items])) # a domain: the design stays whole
whole <- svymean(~ index + satisfaction + image, answered)
groups <- svyby(~index, ~operator, answered, svymean, covmat = TRUE)
difference <- svycontrast(groups, c(Amber = 1, Birch = -1))
limits <- confint(whole, df = degf(design))
index <- list(
  mean = as.list(coef(whole)), se = as.list(SE(whole)), lower = unname(limits["index", 1]), upper = unname(limits["index", 2]),
  n = sum(complete.cases(data[items])), groups = as.list(coef(groups)), groups_se = as.list(setNames(SE(groups), groups$operator)),
  difference = unname(coef(difference)), difference_se = unname(SE(difference)[1])
)

# The blend of the samples pvc_*: weights within groups, bands 30 50 65 80 95, 9 = not mentioned = 80, blank row = no visit.
read <- function(name) read.csv(sprintf("data/samples/pvc_%s.csv", name), fileEncoding = "UTF-8-BOM", na.strings = "")
customers <- read("customers")
visits <- read("visits")
complaints <- read("complaints")
nine <- c("quality", "packaging", "usability", "reception", "procedure", "price_payment", "transport", "problem_handling", "technical_support")
w <- c(30, 10, 10, 8 / 1.3, 8 / 1.3, 10 / 1.3, 8, 12, 10) / 100
customers$score <- as.matrix(customers[nine]) %*% w
questionnaire <- tapply(customers$score, customers$firm, function(x) if (all(is.na(x))) NA else mean(x, na.rm = TRUE))
points <- c(30, 50, 65, 80, 95, NA, NA, NA, 80)
heard <- sapply(visits[nine], function(level) points[level])
visits$visit <- drop(heard %*% w)
visits$questionnaire <- questionnaire[visits$firm]
value <- c(unhandled = -5, handled_dissatisfied = -5, rather_dissatisfied = -3, basically_satisfied = -1, satisfied = 0, very_satisfied = 2)
added <- tapply(value[complaints$outcome], complaints$firm, sum)
visits$adjustment <- ifelse(is.na(added[visits$firm]), 0, added[visits$firm])
visits$preliminary <- with(visits, ifelse(is.na(questionnaire), visit, ifelse(is.na(visit), questionnaire, .4 * questionnaire + .6 * visit)))
visits$final <- visits$preliminary + visits$adjustment
firms <- svydesign(ids = ~1, strata = ~customer_class, weights = ~weight, fpc = ~population, data = visits)
one <- function(name) {
  found <- svymean(as.formula(paste0("~", name)), subset(firms, !is.na(visits[[name]])))
  list(mean = unname(coef(found)), se = unname(SE(found)[1]))
}
scored <- subset(firms, !is.na(final))
classes <- svyby(~final, ~customer_class, scored, svymean)
volume <- svyratio(~ I(volume * final), ~volume, scored)
blend <- list(
  questionnaire = one("questionnaire"), visit = one("visit"), preliminary = one("preliminary"), final = one("final"),
  classes = as.list(coef(classes)), classes_se = as.list(setNames(SE(classes), classes$customer_class)),
  by_volume = list(mean = unname(coef(volume)), se = unname(SE(volume)[1])), df = degf(firms)
)
write_json(
  list(made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey")),
    script = "tests/golden/weighted_index.R"), index = index, blend = blend),
  "tests/golden/weighted_index.json", digits = NA, auto_unbox = TRUE, pretty = TRUE
)
