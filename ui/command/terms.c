/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terms.c - the terms a newcomer meets on the screen; facts are from the MMoE paper (Ma et al., KDD
 * 2018). */
#include "ui/command/command.h"

const struct command_term command_terms[] = {
    {"expert", "experts",
     "A small net that all tasks may use. Gates decide how much of each expert a task gets. "
     "Experts are not told what to specialise in: they come to differ because they start "
     "differently and because gates send them different work."},
    {"gate", "gates",
     "A linear map of the input and a softmax over the experts: weights that are positive and sum "
     "to 1, for each row anew. omoe has one gate for all tasks, mmoe one for each task. Kept to "
     "its top expert only, a gate cuts the input space into one linear region per expert."},
    {"tower", "towers",
     "The small net of one task on top of what is shared. It has the last word on the task's "
     "prediction."},
    {"bottom", NULL,
     "The part below the towers that all tasks share in shared-bottom. Where tasks differ, what "
     "helps one can hurt the other: that conflict is what gates are there to resolve."},
    {"task", "tasks,a,b",
     "A label to predict. The synthetic rows have two, A and B, whose relation is the option p; "
     "the "
     "rows of a file have one to eight, under the names the file gives them, else A, B, ..."},
    {"loss", NULL,
     "Mean squared error, or of a yes-or-no task mean log loss, on the held-out rows, which are "
     "never trained on; missing labels are left out. The objective trained is the sum of the "
     "tasks' losses on the batch. Shown raw, without smoothing."},
    {"loss/var", "over variance,over entropy,/var,/ent",
     "Loss divided by the variance of its label over the training rows, or the entropy of a "
     "yes-or-no one: 1 is no better than always saying the mean. Seeds draw easier and harder "
     "synthetic rows; this takes out the harder ones' scale."},
    {"entropy", NULL,
     "How evenly a gate spreads, in nats, mean over held-out rows: ln E where all E experts get "
     "the same, 0 where one gets all."},
    {"overlap", NULL,
     "How far two tasks' mean gates use the same experts: the sum over experts of the smaller of "
     "their two weights. 1 is the same use, 0 none in common. Watch it fall when p of synthetic "
     "rows does."},
    {"unused", NULL,
     "An expert whose mean weight is below a tenth of an even share at every gate: capacity nobody "
     "uses."},
    {"dead", "dead ReLU,dead unit",
     "A ReLU unit that is 0 on every held-out row: no gradient reaches it, so it stays dead."},
    {"rows off", "row off",
     "The share of held-out rows for which no unit of a task's last hidden layer is on, so that "
     "the "
     "prediction is the output's bias whatever the row: `hist rows-off` shows it. In nets of moe, "
     "which have no towers, a row is off where no unit of an expert that the task's gate keeps is "
     "on. It tells of the net, not of its predictions, so that no claim is made on it."},
    {"stuck", "stuck run,stuck tower",
     "A task of a run is stuck where more than a tenth of the held-out rows are off: its tower "
     "says "
     "the same for all of them, no gradient of theirs reaches what is below, and training goes no "
     "further there. A run with such a task is a result like others, not a diverged one. Wide "
     "inputs to a tower and a high lr make it likely."},
    {"modes", "mode,two modes,bimodal",
     "Where runs that train well and runs that get stuck make two heaps of losses, mean and median "
     "tell of neither. `describe hist` says so where a mixture of two normals fits the logarithms "
     "of the losses better than one normal does, by 2 and more in BIC, and over at least 20 "
     "seeds."},
    {"band", NULL,
     "In fit: one standard deviation of the net's predictions on either side of their mean, of "
     "rows with about the same s. In studies: from the 10 % to the 90 % quantile over seeds."},
    {"decile", "deciles,calibration",
     "A tenth of the held-out rows, in the order of their predictions. A net is calibrated where "
     "what is observed in each is what it predicts there."},
    {"units on", "on",
     "A unit is on for a row where it is above 0 after its ReLU. Where no unit of a task's last "
     "hidden layer is on, the net predicts a constant."},
    {"copies", "copy",
     "Two experts whose outputs correlate above .99 over all held-out rows: they became the same "
     "function, so one of them is wasted."},
    {"diverged", "divergence,far-above,not-finite,overflow",
     "A run that came to nothing. not-finite: a loss stopped being a finite number; the run keeps "
     "the weights of its last finite evaluation. overflow: some squares of gradients, which adam "
     "sums up, are not finite, so that their weights never move again; this is looked for at "
     "evaluations. still: see there. far-above: at its end the weighted sum of the losses is more "
     "than 100 times what it was at step 0, and what the best constants give, on the held-out rows "
     "and on the last batch. Such a run has no final value, and repeats and studies count it. "
     "Usually lr is too high, or labels or inputs are too large."},
    {"still", "stood still,resting,at rest",
     "A run stands still where not one weight changed between two evaluations, because squares of "
     "gradients overflowed, or although lr is above 0, the last batch had a gradient and the "
     "held-out losses are no lower than at step 0. It counts as diverged. Weights at rest for "
     "another reason, such as a schedule whose lr fell to 0, are told, and are no fault."},
    {"moot", NULL,
     "A setting that is in use, yet changes nothing beside the others: momentum beside adam, decay "
     "without schedule step, balance with one expert; or one that leaves a part of the net "
     "untrained, as top-k 1 does the gates. It is told where it is set, in `set KEY`, `explain "
     "KEY` "
     "and `describe model`, with what would help."},
    {"seed", "seeds",
     "Three streams of random numbers: seed.data (rows), seed.init (first weights), seed.order "
     "(batches). The rows of a file heed the last two alone. The same three give the same bits, "
     "live or repeated. seed sets all; reseed moves "
     "one."},
    {"trainability", NULL,
     "How much the final loss depends on the luck of the seed. Two models with the same best loss "
     "differ if one gets there only sometimes: look at the spread in the histogram, not the best "
     "run."},
    {"pearson", "correlation,label correlation,label r",
     "The correlation of the first two labels, measured over the training rows that have both. "
     "With "
     "no sines it is p of the synthetic rows; with sines it only rises and falls with p."},
    {"cos", "cosine",
     "The cosine of the weight vectors behind the first two labels, where they are known: of "
     "synthetic rows it is p by construction."},
    {"iqr", "interquartile range,quartile",
     "Interquartile range: from the value a quarter of the seeds stay below to the one three "
     "quarters do. Shown as [low, high] beside the median."},
    {"epoch", NULL,
     "One pass over all rows. With order=replace, rows are drawn with replacement and there are "
     "none."},
    {"stale", NULL,
     "Settings were changed after the run was made: what is shown is the old run, and run starts a "
     "new one."},
    {"verdict", "claim,claims,holds,fails,undecided",
     "What a test says of a claim of the paper. holds: the p-values of all its terms, corrected "
     "over the eight claims (Holm, 1979), are below 5 %. does not hold: of a term the p-value of "
     "the opposite, corrected over all terms, is. undecided: neither, with so many seeds. So each "
     "of these errors is made in at most 5 % of studies. mmoe-claims(7) defines all of it."},
    {"term", "terms",
     "A claim is made of terms, each a statistic of some settings: a ratio of losses, of spreads, "
     "of lowest losses. A claim holds if all its terms do, and does not hold if one fails."},
    {"ratio", "paired",
     "The geometric mean over seeds of one setting's loss over another's on the same seed: 1.1 is "
     "a tenth more. Seeds differ more than models do, and what is the seed's cancels. Its interval "
     "is Student's, of the logarithms."},
    {"spread", "steady",
     "The mean distance of the logarithms of losses from their median: .1 is about a tenth up or "
     "down. Two spreads are compared by Student's t over pairs of seeds."},
    {"equivalence", "same,sameness,margin",
     "That two settings are the same has to be shown, not just not refuted: their ratio lies "
     "within "
     "a margin, losses within 1.1, spreads within 1.4, lowest losses within 1.5. Two one-sided "
     "tests (Schuirmann, 1987) beside an interval of 90 %."},
    {"interaction", "gain",
     "How much more one model gains from a higher p than another: the ratio of two ratios."},
    {"power", "detectable",
     "The chance that a test shows what is there. Of an undecided claim it is told what so many "
     "seeds could have shown with a power of 80 %, and how many would show what was measured."},
    {"holm", "corrected,p-value",
     "Who tests eight claims finds one in twenty true by luck more often than one in twenty times. "
     "Holm's correction (1979) raises their p-values so that the chance of any false one stays "
     "below 5 %."},
    {"secondary", "primary",
     "The claims are about the loss, named before any run was seen. The same claims on another "
     "measure are a second look, whose p-values are not corrected for there being two."},
    {"iqm", "interquartile mean",
     "The mean of the middle half: less shaken by a few bad seeds than the mean, and by luck than "
     "the median (Agarwal et al., 2021)."},
    {"profile", "profiles,performance profile",
     "The share of the runs whose final loss is at most x, for every x: the higher the curve, the "
     "better, and where two curves cross, the better model depends on what one calls good enough."},
    {"auc-true", "label-free auc,ceiling",
     "AUC by the probabilities that made the labels in place of the labels, where a simulator "
     "knows them: no luck of rare labels in it, so that it tells of sparse tasks, too. No model's "
     "is above the ceiling, that of the probabilities themselves, which data info tells."},
    {"lift", "lifts,mde,a/a",
     "How much higher the treatment's rate is than the control's, in percent of it. Users are what "
     "is split, so that its interval is by the delta method over users: impressions of one user "
     "are alike, and taken as independent they tell of differences where there are none. The lift "
     "of a second control, A/A', is what two nets of one model differ by. MDE: the least lift that "
     "an experiment of that size finds in 4 of 5."},
    {"always", "confidence sequence,peeking,at all times",
     "An interval for the end holds for one look at the planned end. Who looks again and again and "
     "stops when zero lies outside errs far more often than 1 in 20: experiment aa=1000 shows it. "
     "The bounds of a confidence sequence hold at all times at once, and are wider for it "
     "(Waudby-Smith et al., 2021)."},
    {"front", "lambda",
     "What ranking by engagement + lambda satisfaction comes to for lambda from 0 to 64: more of "
     "the one metric for less of the other. A model is better where its front lies above and to "
     "the right, at whatever lambda."},
    {"shape", "8x16,units,width,layer",
     "8x16 behind a model's name: 8 experts of 16 units each; one number alone, such as 113: the "
     "units of the bottom. `model NAME` draws all layers with their sizes."},
    {"held-out", "held out,test rows,batch,batches",
     "Rows are trained on in batches; held-out rows never are. Curves, gates and final losses are "
     "of held-out rows, the sparklines above the curves of the newest batches."},
    {"mean weight", "weights,e1,e2,e3,e4,e5,e6,e7,e8,largest",
     "How much of each expert (e1, e2, ...) a task's gate takes, in the mean over held-out rows: "
     "the numbers of a row of panel gates add up to 1."},
    {"nats", "nat",
     "The unit of entropy with natural logarithms: ln 8 = 2.08 nats where 8 experts get the same."},
    {"state", "ready,run,done,paused,making,stale,no run yet",
     "At the right of the first row: MAKING rows and a net, READY at step 0, RUN while it trains, "
     "PAUSED, DONE at its last step; DIVERGED and STILL where it came to nothing. Settings that "
     "were changed since stand as `settings changed`: run starts anew."},
    {"axis", "log y,linear y,log,linear",
     "log y: a loss half as large is the same way down wherever it is; loss linear draws equal "
     "differences instead."},
    {"flops", "flop,multiply-adds,parameters,params",
     "What a net costs: parameters are the numbers that are trained, FLOPs the additions and "
     "multiplications for one row, two for each multiply-add."},
    {"median", "mean,sd,standard deviation,q25,q75,quantile",
     "The middle one of sorted values: half of the seeds lie below. Mean and standard deviation "
     "(sd) follow the few worst seeds; q25 and q75 are where the middle half begins and ends."},
    {"softmax", "logit,logits",
     "Turns any numbers (logits) into positive weights that add up to 1: e^x over the sum of all "
     "e^x. Gates are a softmax; binary tasks have a logit whose sigmoid is the probability."},
    {"relu", "activation,hidden layer",
     "A unit's output where it is above 0, else 0: what lies between the linear layers of all nets "
     "here."},
    {"step", "steps,epoch of steps,steps/s",
     "One batch forward and backward and one move of the weights. steps sets how many a run has; "
     "step N goes so many further."},
    {"p", "task correlation",
     "How much the synthetic tasks have in common: the cosine of their weight vectors. 1 is the "
     "same function twice, 0 nothing in common but the inputs. What it does to the labels is told "
     "as their correlation."},
    {"auc", NULL,
     "How often a row with a 1 is ranked above a row with a 0: 1 is perfect, .5 is chance. Binary "
     "tasks have it beside their log loss."},
    {"r2", NULL,
     "The share of a label's variance that predictions explain; 0 is no better than the mean."},
    {"side", "sides,lockstep",
     "One of several live runs on the same rows and batches (`ab MODEL`), of which none begins a "
     "step before the others have ended theirs."},
    {"keys", NULL,
     "TAB  complete, or show the choices           Up, Down, Ctrl-R  history\n"
     "Ctrl-C  clear the line, else pause training  Ctrl-L  repaint\n"
     "Ctrl-X o  next panel to the front            Ctrl-X z  give it the screen\n"
     "Left Right    turn the option of panel dial, while nothing is typed\n"
     "?  on an empty line: a list of all there is, searched by what is typed\n"
     "Arrows, Enter, Esc  in hist and runs: go through runs, open one, leave\n"
     "Ctrl-X l t a  of an experiment: tell it, the true lift, 1,000 A/A tests\n"
     "PgUp, PgDn  scroll the log, or a page        Ctrl-X ?  this list\n"
     "Ctrl-Z  suspend (fg comes back)              Ctrl-D on an empty line  leave\n"
     "q, Enter or Esc on an empty line  end a page: a long answer, from its head\n"
     "All other keys are readline's own: Ctrl-A, Alt-B, Ctrl-W, Ctrl-_ undo"},
    {"machine", NULL,
     "describe machine tells the cores, the BLAS library and its kernels, and who chose them. "
     "OPENBLAS_CORETYPE in the environment overrides the choice."},
};
const size_t command_term_count = sizeof command_terms / sizeof *command_terms;
