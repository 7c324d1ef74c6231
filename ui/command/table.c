/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.c - every verb, once.
 *
 * The prompt, scripts, -e, completion, `help`, `apropos` and the check of
 * mmoe-commands(7) all read these rows. A verb that is also the name of an
 * option (model, speed, theme) completes that option's values.
 */
#include "ui/command/command.h"

static const char *const data_words[] = {"gen", "info", NULL};
static const char *const reseed_words[] = {"data", "init", "order", "all", NULL};
static const char *const sweep_words[] = {
    "seeds=", "jobs=", "store=", "trials=", "minimise=", "maximise=", NULL};
static const char *const what_if_words[] = {"seeds=", "jobs=", "store=", NULL};
static const char *const experiment_words[] = {
    "single-task", "shared-bottom", "l2-constrained", "cross-stitch", "omoe",  "mmoe", "truth",
    "visits=",     "nets=",         "lambda=",        "aa=",          "jobs=", NULL};
static const char *const studies_words[] = {"store=", NULL};
static const char *const study_words[] = {
    "open",    "resume", "export", "submit", "shard",  "watch",   "merge",
    "seeds=",  "jobs=",  "store=", "out=",   "draw=",  "choose=", "on=",
    "shards=", "audit=", "shard=", "until=", "hosts=", "time=",   NULL};
static const char *const claims_words[] = {"loss",  "over-var", "auc",        "r2",
                                           "brief", "task=",    "threshold=", NULL};
static const char *const hist_words[] = {"loss",     "over-var", "auc",   "r2",
                                         "auc-true", "rows-off", "task=", NULL};
static const char *const bench_words[] = {"mmoe-100",
                                          "omoe-100",
                                          "shared-bottom-100",
                                          "single-task-100",
                                          "moe-100",
                                          "l2-constrained-100",
                                          "cross-stitch-100",
                                          "tensor-factorization-100",
                                          "mmoe-32",
                                          "omoe-32",
                                          "shared-bottom-32",
                                          "claims",
                                          "search",
                                          "table",
                                          "embedding",
                                          NULL};
static const char *const gates_words[] = {"means", "time", "spread", "map", "row", NULL};
static const char *const export_words[] = {"weights", "data", "scores", NULL};
static const char *const run_words[] = {"until=", NULL};
static const char *const ab_words[] = {
    "single-task",  "shared-bottom",        "moe", "omoe", "mmoe", "l2-constrained",
    "cross-stitch", "tensor-factorization", "off", "next", NULL};
static const char *const lesson_words[] = {"next", "back", "hint", "reveal", "leave", NULL};
static const char *const goto_words[] = {"best", "end", NULL};
static const char *const dial_words[] = {"off", NULL};
static const char *const loss_words[] = {"linear", "log", NULL};
static const char *const fit_words[] = {"task=", NULL};
static const char *const describe_words[] = {"loss", "gates",      "fit",     "hist",    "runs",
                                             "dial", "experiment", "lesson",  "log",     "run",
                                             "data", "model",      "serving", "machine", NULL};
static const char *const layout_words[] = {"reset",  "zoom", "next", "loss", "gates",
                                           "fit",    "hist", "runs", "dial", "experiment",
                                           "lesson", "log",  NULL};

static const struct command verbs[] = {
    {"set", "[KEY [VALUE]]... [key=value]...",
     "show or change options; says what the change resets",
     "Without words it lists the options with their values and ranges, and marks those that differ "
     "from their defaults. With a KEY alone it tells of that one. Several are changed together: "
     "all or none. A setting that changes nothing beside the others, such as momentum beside adam, "
     "is told, with what would help. `default` as a value restores the default. Example: "
     "set p 0.9; set lr 1e-3 batch 128; set lr default",
     COMPLETES_OPTION, NULL, PAIRS_OPTIONS, COMMAND_WORDS_MAX, command_set, NULL},
    {"data", "[gen [key=value]...|info]", "make or read the rows, or tell of them",
     "gen makes synthetic rows from the present options, or reads the file that option data names; "
     "key=value pairs change options first. info, also without a word, tells their sizes and the "
     "labels of each task: its variance, or of yes-or-no labels the share of yes; of synthetic "
     "rows the cosine of the two tasks' weight vectors and the correlation of the labels as well. "
     "Example: data gen p=0.9 rows=10k",
     COMPLETES_WORDS, data_words, PAIRS_OPTIONS, 1, command_data, command_cost_rows},
    {"model", "[NAME] [key=value]...", "pick the architecture and show its parts, or list them all",
     "A line a part: shapes, parameters, and FLOPs, the operations of one example's forward pass. "
     "key=value pairs change options together with it. Where rows are made already, the new run is "
     "made too and stands at step 0. Example: model mmoe experts=4 expert-units=64,32",
     COMPLETES_MODEL, NULL, PAIRS_OPTIONS, 1, command_model, command_cost_rows},
    {"preset", "[NAME]", "set the options of a named setting, or list the names",
     "One change, which undo takes back; what a preset does not name stays as it is. paper is the "
     "setting of the paper's synthetic experiment, others are those of programs that tried it. "
     "They are files, of which one can write one's own: see mmoe-formats(5). Example: preset "
     "paper; run",
     COMPLETES_PRESET, NULL, PAIRS_NONE, 1, command_preset, NULL},
    {"step", "[N]", "train N more steps, 1 without N",
     "Makes rows and run first where they are missing or older than the options. Example: step 100",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 1, command_step, command_cost_step},
    {"run", "[N] [until=METRIC.TASK<VALUE]", "train to step N, to option steps without N",
     "Makes rows and run first where they are missing or older than the options. It ends early "
     "with `pause`, Ctrl-C, a change that resets the run, or a loss that is no longer finite; with "
     "until= at the first evaluation where a metric of a task, or overlap, is below (<) or above "
     "(>) a number. Example: run 2000; run until=loss.A<0.1; run until=overlap<0.5",
     COMPLETES_WORDS, run_words, PAIRS_OWN, 1, command_run, command_cost_run},
    {"pause", "", "stop training after the step in progress",
     "`run` and `step` go on from there. Rows that are being made are given up. Where nothing "
     "trains live, the study or the repeats in progress are held; `resume` lets them go on.",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_pause, NULL},
    {"reset", "", "back to step 0 with the identical rows, weights and batch order",
     "Running again gives the same bits, unless an option that resets nothing, such as lr, was "
     "changed in between. What was trained stays among the runs. Example: run 500; reset; set lr "
     "1e-3; run 500",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_reset, NULL},
    {"goto", "STEP|best|end", "to a step that the run was at, back or forth",
     "The same bits as if it had never left: checkpoints are kept in memory, and what was changed "
     "on "
     "the way, such as lr, is changed again. run goes on the same way; once an option is changed "
     "it "
     "is another run, and the one there was stays among the runs. best is the step of the best "
     "evaluation. describe run tells what happened when. Example: run; goto 1000; branch; set lr "
     "1e-3; run",
     COMPLETES_WORDS, goto_words, PAIRS_NONE, 1, command_goto, NULL},
    {"branch", "[NAME]", "go on as another run from the step it is at",
     "The run as it was is pinned, so that both have curves; after goto it is pinned with all it "
     "came to. Example: goto 2000; branch warm; set lr 1e-3; run",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 8, command_branch, NULL},
    {"note", "TEXT", "put a note on the time line at the step it is at",
     "It stands below the panels, and in describe run; save keeps it. Example: note gates part "
     "here",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, COMMAND_WORDS_MAX, command_note, NULL},
    {"reseed", "[data|init|order|all] [N]", "change one stream of random numbers, or all",
     "data draws other tasks and rows, init other first weights, order other batches. Without N "
     "the seed moves on by 1; without a word all three do. Example: reseed init; run; reseed init "
     "7; run",
     COMPLETES_WORDS, reseed_words, PAIRS_NONE, 2, command_reseed, NULL},
    {"repeat", "N [key=value]...", "train N seeds of the present setting in the background",
     "Each of the N runs has its three seeds moved on by one. Their final losses feed the "
     "histogram; the live run is not disturbed. Pairs hold for the repeats alone. The same setting "
     "again adds seeds after those there are. In a script or -e the next command waits; the verb "
     "stop ends them. Example: repeat 20; repeat 20 model=shared-bottom",
     COMPLETES_NOTHING, NULL, PAIRS_OPTIONS, 1, command_repeat, command_cost_repeat},
    {"sweep", "seeds=N|trials=N [KEY=v1,v2,...|KEY=LOW..HIGH]... [jobs=N] [store=FILE]",
     "train a grid of settings over many seeds, or search it, kept on disk",
     "Every option may be an axis: all values are combined, and every combination is trained with "
     "N seeds. An option with one value is set for the whole study. Runs of one seed share rows "
     "and, where shapes agree, first weights, so that comparisons are paired. Values that are "
     "lists themselves are parted by a slash. Finished runs are kept in a store: a study that was "
     "cut off goes on with study resume. In a script or -e the next command waits; on the screen "
     "it runs in the background. With trials=N settings are searched in ranges, to make the "
     "metric that minimise= or maximise= names small or large, the loss of the first task unless "
     "one is named: a Gaussian process proposes them, and the best five are trained on new seeds. "
     "Example: sweep seeds=40 p=0.5,0.9,1 model=shared-bottom,omoe,mmoe; sweep trials=40 "
     "lr=1e-4..1e-1 expert-units=4..64 minimise=loss.A",
     COMPLETES_NOTHING, sweep_words, PAIRS_GRID, 0, command_sweep, command_cost_sweep},
    {"studies", "[ID]... [store=FILE]", "list the studies there are, or set some side by side",
     "With what began them and how many of their runs are finished. With numbers a table has a row "
     "for each setting and a column for each study: seeds, median and mean loss of the first task, "
     "share of stuck runs, and the verdicts on the claims. Example: studies; studies 1 3",
     COMPLETES_NOTHING, studies_words, PAIRS_OWN, 6, command_studies, NULL},
    {"study",
     "[NAME|open [ID]|resume [ID]|export ID FILE|submit NAME|shard DIR|watch DIR|merge DIR] "
     "[KEY=v1,v2,...]...",
     "train a study that a file defines, or show, continue or export one",
     "NAME is a definition: figure-a to figure-d of the paper, paper for all of them, or a file of "
     "one's own (mmoe-formats(5)); study alone lists them. seeds=N, jobs=N, store=FILE and "
     "out=FOLDER (figures and a report go there) are its own keys, all others options in the place "
     "of the definition's. A choice that a definition keeps, of learning rates say, is used while "
     "no other option is set; choose=again makes it anew, choose=kept uses it in any case. Given "
     "again it goes on where it was cut off; with other seeds= it trains those that are new. open "
     "shows a study of the store, without ID the newest, "
     "draw=labels|curves|histograms|profiles another way than defined. resume trains the runs that "
     "are missing; the end is the same, to the bit, as if it had never been cut off. A store that "
     "is read-only is shown, where nothing is missing. export writes .csv, a line a run, or "
     ".jsonl, an object a run with its curve and gates. submit, shard, watch and merge are for a "
     "study "
     "on many machines: mmoe-cluster(7). Example: study "
     "figure-d seeds=50; study open draw=curves; study export 1 runs.csv",
     COMPLETES_STUDY, study_words, PAIRS_GRID, 3, command_study, NULL},
    {"what-if", "KEY=v1,v2,... [seeds=N] [KEY=v1,v2,...]...",
     "which of the paper's claims depend on an option",
     "Trains shared-bottom, omoe and mmoe at p 0.5, 0.9 and 1 with each value of the option, tests "
     "the claims for each, and marks the verdicts that differ from those of the first value. "
     "Options that belong together vary together: sines,alpha=4,1x4/10,random. "
     "Without seeds= 40 seeds. It is a study like others: kept, gone on with, exported. Example: "
     "what-if scale=1,2,4 seeds=60",
     COMPLETES_NOTHING, what_if_words, PAIRS_GRID, 0, command_what_if, command_cost_what_if},
    {"experiment", "[CONTROL TREATMENT|truth] [visits=N] [nets=N] [lambda=V] [aa=N] [jobs=N]",
     "a live A/B test of two models on the simulated recommender",
     "Trains nets= nets (default 2) of each arm with the present settings, and of a second control "
     "from other first weights; then users, split by a hash, make visits= visits (300,000). An "
     "arm's net ranks 100 candidates by its engagement plus lambda (1) times its satisfaction; 5 "
     "are shown; single-task is trained on engagement alone. The panel shows it from the start to "
     "the verdict: explain experiment. Stopped while there are visits, it tells what was seen. "
     "Then true rates are those of other lambdas, and nets for users takes nets for what is drawn, "
     "which tells of models. experiment alone tells the one there is in numbers, experiment truth "
     "shows its true lift on the panel or hides it, experiment aa=1000 tests its statistics on so "
     "many splits of users who were all shown the same: how often each method errs. Example: "
     "preset recommender; experiment shared-bottom mmoe",
     COMPLETES_WORDS, experiment_words, PAIRS_OWN, 2, command_experiment, command_cost_experiment},
    {"claims", "[METRIC] [brief] [task=NAME] [threshold=LOSS]",
     "test the paper's claims on the study that is shown",
     "Eight claims of the paper's synthetic section, each with its terms: ratios of losses or of "
     "spreads, their intervals, corrected p-values and verdicts; brief: the deciding terms alone; "
     "on the final loss of the first task, or of the named one, or on another "
     "metric: over-var, the loss over the label's variance, auc or r2. With a threshold the "
     "medians, interquartile means and failure rates of all settings as well: a run has failed "
     "whose loss is above it. P(a < b) is how often a has the lower value of a seed. explain "
     "verdict tells how they are tested. Example: study figure-d seeds=50; claims over-var "
     "threshold=0.05",
     COMPLETES_WORDS, claims_words, PAIRS_OWN, 2, command_claims, command_cost_claims},
    {"report", "FILE.html", "write a study as a page for a browser",
     "Its figures, claims, settings and numbers in one file that needs no network; after study "
     "paper, all parts. Claims are also those that were asked for while the study was shown. "
     "Example: study open 3; report three.html",
     COMPLETES_FILE, NULL, PAIRS_NONE, 1, command_report, command_cost_claims},
    {"resume", "", "let a held study go on", "pause holds it. Example: pause; resume",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_resume, NULL},
    {"stop", "", "end the study or the repeats in progress",
     "What is finished stays; study resume goes on with a study later. Example: stop",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_stop, NULL},
    {"bench", "[CASE]", "measure how fast studies go here, and how fast they could",
     "A case is a model and a batch size, such as mmoe-100; without one all are measured. Each is "
     "a real study on all cores: rows, training, evaluation, storing. The limit is what the BLAS "
     "library does with the same products alone, the peak what the processor does in registers "
     "alone; the shares tell where the time of a run goes. "
     "bench search measures searches on functions whose minimum is known; bench table compares "
     "rows of a table, sparse, with the same rows written out; bench embedding measures rows with "
     "embedded categories; bench claims "
     "measures how often the claims' tests err, on 1,000 made-up studies each of 20, "
     "50 "
     "and 200 seeds. Example: bench mmoe-100",
     COMPLETES_WORDS, bench_words, PAIRS_NONE, 1, command_bench, command_cost_bench},
    {"speed", "[max|N]", "steps a second of the live run, for watching",
     "The same as option speed. Example: speed 20; run; speed max", COMPLETES_WORDS, NULL,
     PAIRS_NONE, 1, command_speed, NULL},
    {"gates", "[means|time|spread|map|row N]",
     "show the weights of the gates, in one of four ways, or of one row",
     "Brings the gates panel to the front; without a screen its content is told in words and "
     "numbers. means are over all held-out rows; time has a row for each expert and its means at "
     "the evaluations: when did the gates part? spread tells how even gates are for single rows, "
     "map where the rows lie that each expert has the largest weight of, on the plane of the "
     "tasks' weight vectors or of two principal components. row N tells of one row that is not "
     "trained on, the N-th of the file to test on where rows are of a table, its fields, labels, "
     "predictions and the weights of every gate. Example: gates time; gates map; gates row 17",
     COMPLETES_WORDS, gates_words, PAIRS_NONE, 2, command_gates, NULL},
    {"fit", "[task=NAME]", "show what the net has learned of each task",
     "The true curve of a synthetic label and the net's, and below which units of the task's last "
     "hidden layer are on; of other rows what is observed against what is predicted. Brings the "
     "panel to the front, that task first where not all have room; without a screen its content is "
     "told in words. Nothing of it is measured while nobody asks. Example: fit task=B; describe "
     "fit; export fit.svg",
     COMPLETES_WORDS, fit_words, PAIRS_OWN, 0, command_panel, NULL},
    {"hist", "[METRIC] [task=NAME]",
     "show the histogram of final losses, or of another metric, over seeds",
     "Brings the histogram to the front; without a screen its content is told in words and "
     "numbers. METRIC is loss, over-var, auc, r2 or rows-off; without task= it is of the first "
     "task. What is "
     "chosen stays, also for the study that is shown. Example: hist; hist over-var task=B",
     COMPLETES_WORDS, hist_words, PAIRS_OWN, 1, command_panel, NULL},
    {"loss", "[linear|log]", "show the held-out losses",
     "Brings the loss panel to the front, with a linear or logarithmic axis; without a screen its "
     "content is told in words. Example: loss linear",
     COMPLETES_WORDS, loss_words, PAIRS_NONE, 1, command_panel, NULL},
    {"runs", "", "show the runs so far",
     "Brings the list of runs to the front; without a screen it is told in words and numbers.",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_panel, NULL},
    {"pin", "[R]", "keep a run in the list, or let it go again",
     "Without R the live run. The list keeps 50 runs, and pinned ones stay when the oldest leave. "
     "Example: run; pin; model omoe; run",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 1, command_pin, NULL},
    {"ab", "[MODEL|off|next] [key=value]...", "live runs side by side, in lockstep",
     "Sets another model, or another value of some options, beside the live run: up to four sides, "
     "on the same rows and batches. All begin at step 0, and run, step, pause and reset are for "
     "all "
     "of them; set changes what they have in common. Curves of all are in one plot, with the ratio "
     "of their losses below; gates and fit show two. ab next brings the next one to the front, ab "
     "off leaves the first, ab alone lists them. Example: model shared-bottom; ab mmoe; run; ab "
     "off",
     COMPLETES_WORDS, ab_words, PAIRS_OPTIONS, 1, command_ab, NULL},
    {"dial", "[KEY[=VALUE|=LOW..HIGH[:STEP]]|off]", "turn an option and train anew at each value",
     "Left and Right turn it while nothing is typed: shares and correlations by tenths, other real "
     "numbers by 1, 2, 5, 10, counts and widths by doubling. At each value the run is made again, "
     "on every side, and trained to option steps; its final losses, the correlation of the labels "
     "and the overlap of the gates stand against the values. A list or a range goes through its "
     "values by itself. dial off leaves, and so does Escape. Example: set steps 3000; dial p; dial "
     "p=0..1:0.1; dial lr=1e-4..1e-1",
     COMPLETES_OPTION, dial_words, PAIRS_OWN, 2, command_dial, command_cost_dial},
    {"open", "RUN|ROW:SEED", "make a run of the list or the histograms again as the live one",
     "The same settings and seeds, and what was changed on the way: the same bits. While hist or "
     "runs is in front and nothing is typed, Left and Right go through its runs by their losses, "
     "Up and Down through rows, Enter opens one, Escape leaves. undo gives back the settings. "
     "Example: open 3; open 1:7",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 1, command_open, NULL},
    {"compare", "[X Y] [KEY=VALUE]... [seeds=N] [store=FILE] [jobs=N]",
     "two settings over seeds, or two runs or models side by side",
     "With seeds= or options it answers which of two settings is better: two models, or one option "
     "with two values (experts=4,8), all else as set and as given. Both are trained on the same "
     "seeds (default 20), those runs that the store has are read from there, and the ratio of "
     "their "
     "losses, its 95 % interval and what it comes to grow while they train. "
     "Without X and Y it answers for what is on the screen: the rows of the histograms against the "
     "first, seed by seed; else the newest pin and the live run. Of two runs it tells in which "
     "options they differ, their losses and the ratio of these, and whether they shared rows, "
     "first "
     "weights and batches. Of models it tells the parameters of each part with the present "
     "options, "
     "and whether they match. Example: model shared-bottom; run; model mmoe; run; compare 1 2; "
     "compare mmoe shared-bottom; compare shared-bottom mmoe p=0.3 experts=4 lr=1e-3 seeds=20",
     COMPLETES_MODEL, NULL, PAIRS_GRID, 2, command_compare, command_cost_compare},
    {"explain", "[X]", "what an option, verb, panel, model or term means",
     "Without X it lists what can be explained. X? and `what is X` are the same. Example: explain "
     "entropy; explain gates; explain lr",
     COMPLETES_TOPIC, NULL, PAIRS_NONE, 8, command_explain, NULL},
    {"describe", "[X]", "say in words what a panel shows",
     "X is a panel, or run, data, model, serving or machine; without X the panel in front. run "
     "tells "
     "what happened to the live run and when. machine "
     "tells "
     "the cores and which BLAS kernels are in use; serving what a request of 100 rows costs with "
     "each model: multiply-adds and bytes a row, and its 50 % and 99 % slowest. Example: describe "
     "gates; describe machine",
     COMPLETES_WORDS, describe_words, PAIRS_NONE, 1, command_describe, NULL},
    {"lesson", "[NAME|next|back|hint|reveal|leave|ANSWER]",
     "read a lesson, or list those there are",
     "A step says something, may ask, runs commands and tells what came of them, with the numbers "
     "as they are. Enter on an empty line goes on, as next does; an answer is typed as a number. "
     "What is typed in between runs as always. It begins with the settings of a fresh start; leave "
     "gives back those there were. Lessons are text files one can write oneself: mmoe-formats(5). "
     "Example: lesson; lesson correlation",
     COMPLETES_LESSON, lesson_words, PAIRS_NONE, 1, command_lesson, NULL},
    {"help", "[VERB]", "list the commands, or tell all about one", "Example: help repeat",
     COMPLETES_VERB, NULL, PAIRS_NONE, 1, command_help, NULL},
    {"apropos", "WORD", "find a word in all that can be explained", "Example: apropos seed",
     COMPLETES_TOPIC, NULL, PAIRS_NONE, 4, command_apropos, NULL},
    {"source", "FILE", "run the commands in a file",
     "The file's commands take the place of this one. Verbs must be in full there; it may source "
     "others, 16 deep. Without a screen it may be a pipe. Example: source ~/two-tasks.mmoe",
     COMPLETES_FILE, NULL, PAIRS_NONE, 1, command_source, NULL},
    {"log", "[FILE|FILE.cast|off]", "show or save the commands so far, or record the session",
     "What is saved is a script that `source` runs again. A .cast file is an asciicast that "
     "players "
     "of such files play: recorded from then on, a frame when a command is typed, when it is over "
     "and at every evaluation, until log off or the end. Example: log lecture.mmoe; log demo.cast",
     COMPLETES_FILE, NULL, PAIRS_NONE, 1, command_log, NULL},
    {"export", "[weights|data|scores] FILE",
     "write a panel as figure or numbers, weights, rows or scores",
     "A .svg, .pdf or .png file (300 dpi) gets the figure, a .csv or .json file the numbers, of "
     "the panel it is named after (loss.svg, gates.pdf, hist.png, runs.csv, log.json), else of the "
     "one in front; figures and .json tell the commands that make them again. weights, data and "
     "scores (what the run predicts for all held-out rows) go "
     "to .npz, which numpy.load reads, or .safetensors, under the names of mmoe-formats(5); while "
     "a run trains they are those of the step it is at. Example: export loss.pdf; export "
     "gates.csv; export weights net.npz; export data rows.npz",
     COMPLETES_FILE, export_words, PAIRS_NONE, 2, command_export, NULL},
    {"import", "weights|data FILE", "take weights or rows out of a file",
     "weights must be those of the present model and options; the run goes on with them from the "
     "step it is at. data sets option data: set data synthetic goes back to synthetic rows. "
     "Example: import data rows.npz; import weights net.npz",
     COMPLETES_FILE, export_words, PAIRS_NONE, 2, command_import, NULL},
    {"save", "FILE", "keep the session in a file: settings, run, curves",
     "load goes on from there and gives the bits of never having stopped. While a run trains it is "
     "that of the step it is at. A .npz or .safetensors file. Example: run 1000; save lecture.npz",
     COMPLETES_FILE, NULL, PAIRS_NONE, 1, command_save, NULL},
    {"load", "FILE|mmoe:1 [KEY=VALUE]...", "go on with a saved session, or make a shared run again",
     "A file that is cut off, foreign or of a newer program changes nothing. The run there was "
     "stays in the list of runs, undo gives back the settings. A line that share told is trained "
     "to the step it was at, and told to be the same bits, or what is other here. Example: load "
     "lecture.npz; run",
     COMPLETES_FILE, NULL, PAIRS_OWN, COMMAND_WORDS_MAX, command_load, NULL},
    {"share", "", "tell the run in front as one line, which load makes again",
     "Its settings that are no defaults, what was changed at which step, where it is, and a digest "
     "of its weights: on another machine of the same kind the same bits. Example: run 2000; share",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_share, NULL},
    {"undo", "", "take back the last change of options",
     "It takes back settings, not training. 100 changes are kept; `redo` makes them again.",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_undo, NULL},
    {"redo", "", "make the change again that was undone", "Until the next change of options.",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_redo, NULL},
    {"theme", "[NAME]", "change the colours, or list the themes",
     "The same as option theme. Example: theme light", COMPLETES_WORDS, NULL, PAIRS_NONE, 1,
     command_theme, NULL},
    {"layout", "[reset|zoom|next|PANEL]", "choose the panel in front, or give it the whole screen",
     "zoom switches between one panel and all, next goes to the next panel, reset shows all again. "
     "Example: layout gates; layout zoom",
     COMPLETES_WORDS, layout_words, PAIRS_NONE, 1, command_layout, NULL},
    {"quit", "", "leave", "Training in progress is stopped. Ctrl-D on an empty line does the same.",
     COMPLETES_NOTHING, NULL, PAIRS_NONE, 0, command_quit, NULL},
};

const struct command_table command_table = {verbs, sizeof verbs / sizeof *verbs};
