/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.c - the settings, in one table.
 *
 * A row knows the offset of its field, so that one reader and one writer per
 * type serve all options. The defaults are the setting of the paper's synthetic
 * experiment in which most of its claims show (KDD 2018, sections 3 and 4).
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/option.h>
#include <mmoe/real.h>

static const char *const model_words[] = {
#define MMOE_MODEL(type, word) word,
#include <mmoe/models.def>
#undef MMOE_MODEL
    NULL,
};
static const char *const kernel_words[] = {"auto",  "blas",   "avx512", "avx2",
                                           "plain", "scalar", NULL};
static const char *const init_words[] = {"glorot", "he", NULL};
static const char *const optimizer_words[] = {"adam", "sgd", NULL};
static const char *const order_words[] = {"shuffle", "replace", "sequential", NULL};
static const char *const embedding_words[] = {"adagrad", "sgd", NULL};
static const char *const shape_words[] = {"each", "once", NULL};
static const char *const switch_words[] = {"off", "on", NULL};
static const char *const schedule_words[] = {"constant", "step", "cosine", NULL};
static const char *const weighting_words[] = {"fixed", "uncertainty", NULL};
static const char *const categories_words[] = {"onehot", "embedded", NULL};
static const char *const numbers_words[] = {"z", "minmax", "log", "raw", NULL};
static const char *const theme_words[] = {"dark", "light", "contrast", "mono", NULL};
static const char *const glyph_words[] = {"auto", "blocks", "braille", "ascii", NULL};

#define FIELD(name) offsetof(struct mmoe_options, name), false
#define RATIO(name) offsetof(struct mmoe_options, name), true /* on a logarithmic scale */
#define SEEDS_MAX ((double)UINT64_MAX)

const struct mmoe_option mmoe_option_table[] = {
    {"data", MMOE_TYPE_FILE, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(data), 0, 0, "synthetic",
     NULL, "synthetic", "where rows come from: synthetic, recommender, a table, or a file",
     "recommender is the log of a simulated recommender whose truth is known. A table is a name, "
     "such as census-income, or a .conf file: a schema that says where its text "
     "files are and what their columns are (mmoe-formats(5)). A .npz or .safetensors file has "
     "x_train, y_train, x_test and y_test, and may have x_validation, y_validation and "
     "the tasks' names; the options of synthetic rows, from p to missing, then mean nothing but "
     "for binary. A label that is NaN is missing. A study is of the rows it was begun with: it "
     "keeps their digest, and is not gone on with where the file has others. Its old name is "
     "data-file."},
    {"p", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(p), -1, 1, NULL, NULL, "0.5",
     "task correlation: the cosine of the two tasks' weight vectors",
     "With no sines it is the Pearson correlation of the labels; with sines that is only monotone "
     "in p. Lower it and watch what sharing costs."},
    {"dim", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(dim), 2, 10000, NULL, NULL,
     "100", "inputs per row, D", "Each input is drawn from N(0, 1)."},
    {"scale", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(scale), 0, 1000, NULL, NULL,
     "2", "length of the tasks' weight vectors, c",
     "The larger it is, the faster the sines turn along the input: a harder function."},
    {"sines", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(sines), 0, 1000, NULL, NULL,
     "10", "sine terms in each label, m",
     "0 gives the linear case, in which the labels' correlation is p."},
    {"alpha", MMOE_TYPE_REALS, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(alpha), -1e6, 1e6, "random",
     NULL, "random", "frequencies of the sines: a list of `sines` numbers, or random",
     "random draws them from N(0, shape-sd^2), anew for each seed.data or as shape says. 1x4 "
     "stands "
     "for 1,1,1,1."},
    {"beta", MMOE_TYPE_REALS, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(beta), -1e6, 1e6, "random",
     NULL, "random", "phases of the sines: a list of `sines` numbers, or random",
     "random draws them from N(0, shape-sd^2), anew for each seed.data or as shape says. 0x4 "
     "stands "
     "for 0,0,0,0."},
    {"shape", MMOE_TYPE_WORD, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(shape), 0, 0, NULL,
     shape_words, "each", "whether alpha and beta are drawn for each seed.data, or once",
     "In the paper they are given. once draws them from seed.shape: seeds then differ in "
     "directions, "
     "inputs and noise alone."},
    {"shape-sd", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(shape_sd), 0, 1000, NULL,
     NULL, "1", "standard deviation of the alpha and beta that are drawn",
     "The larger it is, the faster the sines turn."},
    {"noise", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(noise), 0, 1000, NULL, NULL,
     "0.1", "standard deviation of the labels' noise",
     "Its square is the lowest held-out loss any model can expect: .01 by default."},
    {"rows", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, RATIO(rows), 1, 1e8, "stream",
     NULL, "40000", "rows to train on, or stream: fresh ones for every step",
     "Rows made with more of them start with the same ones, and so does a stream, which has no "
     "end and no epochs: nothing can be learnt by heart, and a step takes longer."},
    {"validation-rows", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(validation_rows),
     1, 1e7, "none", NULL, "none", "rows of their own that choices are made by, or none",
     "Curves, keep-best and patience look at them, and test rows are for the final values alone. "
     "With none the test rows serve for both, as in the paper."},
    {"test-rows", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(test_rows), 1, 1e7,
     NULL, NULL, "2000", "held-out rows, never trained on",
     "All losses and gate weights on the screen are measured on them."},
    {"binary", MMOE_TYPE_SIZES, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(binary), 1, MMOE_TASKS_MAX,
     "none", NULL, "none", "tasks that are yes or no, such as 2 or 1,2; or none",
     "Their label is 1 where it would be above 0, else 0; their loss is the log loss, and their "
     "AUC is told."},
    {"numbers", MMOE_TYPE_WORD, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(numbers), 0, 0, NULL,
     numbers_words, "z", "how the numbers of a table are scaled: z, minmax, log or raw",
     "z: mean 0 and standard deviation 1 over the training rows; minmax: to [0, 1]; log: log(1 + "
     "x), "
     "then z; raw: not at all."},
    {"categories", MMOE_TYPE_WORD, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(categories), 0, 0, NULL,
     categories_words, "onehot", "how nets read the categories of a table: onehot or embedded",
     "onehot: an input for each level, of 65,534 at most; embedded: a vector for each, as of users "
     "and items of a click log. Levels that no training row has are one."},
    {"missing", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(missing), 0, 0.99, NULL,
     NULL, "0", "share of the labels to train on that are missing",
     "Each task lacks others. A missing label enters neither loss nor gradient; held-out labels "
     "are all there."},
    {"users", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, RATIO(users), 1, 1e7, NULL, NULL,
     "20000", "users of the recommender", "Some come much more often than others."},
    {"items", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, RATIO(items), 1, 1e7, NULL, NULL,
     "5000", "items of the recommender",
     "In the order of their popularity, which follows Zipf's law."},
    {"first-row", MMOE_TYPE_COUNT, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(first_row), 0, 1e12,
     NULL, NULL, "0", "where in the recommender's log the rows to train on begin",
     "The log has no end, and any part of it can be made anywhere: with rows it is a shard."},
    {"engagement", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, RATIO(engagement), 0.001, 0.8,
     NULL, NULL, "0.27", "share of the recommender's rows with an engagement",
     "Logits are moved until the log has this rate; .27 gives the AUC and R2 of the paper's "
     "models."},
    {"satisfaction", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, RATIO(satisfaction), 1e-4,
     0.8, NULL, NULL, "0.0135", "share of the recommender's rows with a satisfaction",
     "The sparser task: by default it is twenty times as rare as engagement."},
    {"drift", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(drift), 0, 100, NULL, NULL,
     "0.4", "how far an item's quality moves over the recommender's thirty days",
     "A sine with a phase of each item's own."},
    {"explore", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(explore), 0, 1, NULL, NULL,
     "0.1", "share of the recommender's rows that are shown at random",
     "In the others the logging policy shows the best of three by a noisy score of engagement."},
    {"nested", MMOE_TYPE_WORD, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(nested), 0, 0, NULL,
     switch_words, "off", "satisfaction only where there is engagement",
     "As a like needs a click. Its rate stays what it is set to, where that can be."},
    {"residual", MMOE_TYPE_REAL, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(residual), -0.99, 0.99,
     NULL, NULL, "0", "what both labels of a row have in common beyond their probabilities",
     "The correlation of a Gaussian copula of the two draws."},
    {"model", MMOE_TYPE_WORD, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(model), 0, 0, NULL,
     model_words, "mmoe", "the architecture", "`model` lists them with their parameter counts."},
    {"experts", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(experts), 1,
     MMOE_EXPERTS_MAX, NULL, NULL, "8", "number of experts, E",
     "Each is a net of its own; gates decide how much of each a task gets. moe, omoe and mmoe have "
     "them."},
    {"expert-units", MMOE_TYPE_SIZES, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(expert_units), 1,
     4096, NULL, NULL, "16", "units of each layer of an expert, such as 16 or 64,32",
     "The last number is the width of what a gate mixes."},
    {"bottom-units", MMOE_TYPE_SIZES, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(bottom_units), 1,
     65536, "auto", NULL, "auto",
     "units of each layer of the shared bottom, or of a single task's own",
     "auto gives as many weights as the experts and towers have together: 113 for shared-bottom by "
     "default."},
    {"tower-units", MMOE_TYPE_SIZES, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(tower_units), 1, 4096,
     NULL, NULL, "8", "units of each layer of a task's tower",
     "Every task has a tower of its own."},
    {"layers", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(layers), 1, 4, NULL, NULL,
     "1", "MoE layers, one on the other",
     "Each reads the mixture below it; all but the top one have one gate, and mmoe's gates per "
     "task are on the top one."},
    {"top-k", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(top_k), 1, MMOE_EXPERTS_MAX,
     "all", NULL, "all", "experts a gate keeps for each row, or all",
     "The others weigh 0 and are not computed: a step costs as much less as experts are left out "
     "(Shazeer et al., 2017). With 1 the gates are never trained, since the weight of a single "
     "expert is 1 whatever its logit, unless gate-noise is on and balance above 0."},
    {"gate-noise", MMOE_TYPE_WORD, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(gate_noise), 0, 0, NULL,
     switch_words, "off", "trained noise on the gates' logits, in training alone",
     "It lets top-k gates try other experts (Shazeer et al., 2017, equation 4). With top-k 1 it is "
     "trained by balance alone."},
    {"balance", MMOE_TYPE_REAL, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(balance), 0, 1e6, NULL,
     NULL, "0", "weight of the losses that keep all experts busy",
     "It times the squared coefficient of variation of the experts' importance is added to the "
     "objective, and, where gates are noisy, that of their load (Shazeer et al., 2017). With top-k "
     "1 "
     "the load alone has a gradient."},
    {"l2-alpha", MMOE_TYPE_REAL, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(l2_alpha), 0, 1e6, NULL,
     NULL, "0.001", "how strongly l2-constrained pulls the tasks' nets together",
     "It times the squared distance of the weights of each two tasks is added to the objective. 0 "
     "leaves them apart."},
    {"stitch", MMOE_TYPE_SIZES, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(stitch), 1, 16, "all",
     NULL, "all", "hidden layers that cross-stitch follows with a stitch, or all",
     "Layers are counted from 1, those of the bottom first, then the tower's."},
    {"r1", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(r1), 1, 4096, NULL, NULL, "16",
     "rank of tensor-factorization along a layer's inputs",
     "At most as many as the layer has inputs are used."},
    {"r2", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(r2), 1, 4096, NULL, NULL, "16",
     "rank of tensor-factorization along a layer's units",
     "At most as many as the layer has units are used."},
    {"r3", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(r3), 1, 64, NULL, NULL, "2",
     "rank of tensor-factorization along tasks",
     "With 1 all tasks have the same weights up to a factor; at most as many as there are tasks "
     "are used."},
    {"dropout", MMOE_TYPE_REAL, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(dropout), 0, 0.95, NULL,
     NULL, "0", "probability of a hidden unit to be left out of a training step",
     "In experts, bottoms and towers; what stays is scaled up (Srivastava et al., 2014)."},
    {"init", MMOE_TYPE_WORD, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(init), 0, 0, NULL, init_words,
     "glorot", "how weights start",
     "Uniform within sqrt(6 / (in + out)) (Glorot and Bengio, 2010) or sqrt(6 / in) (He et al., "
     "2015); biases start at 0."},
    {"lower-units", MMOE_TYPE_SIZES, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(lower_units), 1,
     65536, "none", NULL, "none", "units of shared layers below the experts of omoe and mmoe",
     "The large recommender's experts take the place of the top shared layer alone (Ma et al., "
     "2018, section 6)."},
    {"embedding-units", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, RATIO(embedding_units),
     1, 256, NULL, NULL, "16", "numbers that each level of a category is embedded in",
     "Nets read them beside the row's numbers. Tasks share them."},
    {"hash", MMOE_TYPE_COUNT, MMOE_GROUP_MODEL, MMOE_RESETS_RUN, FIELD(hash), 1, 24, "off", NULL,
     "off", "bits that the levels of large categories are hashed to, or off",
     "A category with more than 2^hash levels has that many embeddings, and levels that collide "
     "share one; `describe model` tells how many do."},
    {"optimizer", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(optimizer), 0, 0,
     NULL, optimizer_words, "adam", "how weights move",
     "adam (0.9, 0.999, 1e-8; Kingma and Ba, 2015) or sgd with momentum."},
    {"lr", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_NOTHING, RATIO(lr), 1e-12, 1e6, NULL,
     NULL, "0.01", "learning rate",
     "It may be changed while the run trains. The paper searched 1e-4, 1e-3 and 1e-2."},
    {"embedding-optimizer", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN,
     FIELD(embedding_optimizer), 0, 0, NULL, embedding_words, "adagrad", "how embeddings move",
     "adagrad keeps one sum of squares for each level (Duchi et al., 2011), so that rare levels "
     "move far; sgd is plain, as in the paper, and needs a large embedding-lr."},
    {"embedding-lr", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_NOTHING, RATIO(embedding_lr),
     1e-12, 1e6, NULL, NULL, "0.1", "learning rate of embeddings",
     "Only the levels of a batch move in a step."},
    {"momentum", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_NOTHING, FIELD(momentum), 0,
     0.9999, NULL, NULL, "0.9", "momentum of sgd", "adam does not use it."},
    {"schedule", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(schedule), 0, 0, NULL,
     schedule_words, "constant", "how the learning rate changes over a run",
     "step multiplies it by decay every decay-every steps; cosine lets it fall to 0 at `steps`."},
    {"decay", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(decay), 0, 1, NULL, NULL,
     "0.1", "factor of the learning rate at each step of schedule step", "See decay-every."},
    {"decay-every", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(decay_every), 1,
     1e9, NULL, NULL, "2000", "training steps from one decay to the next", "With schedule step."},
    {"weight-decay", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, RATIO(weight_decay), 0,
     1000, NULL, NULL, "0", "how much weights shrink, times the learning rate, in a step",
     "Apart from the gradient and for all parameters (Loshchilov and Hutter, 2019)."},
    {"clip", MMOE_TYPE_REAL, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(clip), 1e-12, 1e12, "off",
     NULL, "off", "the largest norm a gradient may have, or off",
     "A longer one, over all parameters, is scaled down to it."},
    {"task-weights", MMOE_TYPE_REALS, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(task_weights), 0,
     1e6, "equal", NULL, "equal", "how much each task's loss counts, such as 1,0.5; or equal",
     "One number a task. Reported losses are not weighted."},
    {"loss-weighting", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(weighting), 0, 0,
     NULL, weighting_words, "fixed", "fixed weights, or trained ones",
     "uncertainty trains a variance for each task, whose inverse weighs its loss (Kendall et al., "
     "2018)."},
    {"monitor", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(monitor), 1,
     MMOE_TASKS_MAX, "all", NULL, "all", "the task that patience and keep-best look at, or all",
     "By its held-out loss, or AUC where it is binary; all: the sum of the losses."},
    {"patience", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(patience), 1, 1e9,
     "never", NULL, "never", "evaluations without a better one after which a run ends, or never",
     "Early stopping on what monitor names. Held-out rows then choose the step: the loss told is a "
     "little too good."},
    {"keep-best", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(keep_best), 0, 0,
     NULL, switch_words, "off", "tell and export the best evaluation, not the last",
     "Best by what monitor names. A run that goes on does so from its last weights."},
    {"batch", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, RATIO(batch), 1, 65536, NULL,
     NULL, "100", "rows in a training step, B", "At most `rows`."},
    {"order", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(order), 0, 0, NULL,
     order_words, "replace", "how batches are drawn",
     "shuffle goes through all rows in a new order each epoch, replace draws with replacement, "
     "sequential takes them as they are."},
    {"steps", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_NOTHING, RATIO(steps), 0, 1e9, NULL,
     NULL, "6000", "where `run` stops",
     "A run that has ended goes on when it is raised. With 0 nothing is trained: rows and first "
     "weights are measured."},
    {"eval-every", MMOE_TYPE_COUNT, MMOE_GROUP_TRAINING, MMOE_RESETS_NOTHING, FIELD(eval_every), 1,
     1e9, NULL, NULL, "100", "steps from one held-out evaluation to the next",
     "Each is a point of the curves; step 0 and the last step are always measured."},
    {"kernels", MMOE_TYPE_WORD, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(kernels), 0, 0, NULL,
     kernel_words, "auto", "the arithmetic that trains",
     "auto takes the widest vectors the processor has, blas the BLAS library's products, scalar "
     "plain loops. Results differ by rounding alone; each repeats to the bit."},
    {"seed", MMOE_TYPE_SEED, MMOE_GROUP_TRAINING, MMOE_RESETS_DATA, FIELD(seed_data), 0, SEEDS_MAX,
     NULL, NULL, "0", "sets seed.data, seed.init and seed.order together",
     "The same seed gives the same bits, live or repeated in the background."},
    {"seed.data", MMOE_TYPE_SEED, MMOE_GROUP_TRAINING, MMOE_RESETS_DATA, FIELD(seed_data), 0,
     SEEDS_MAX, NULL, NULL, "0", "seed of the rows: tasks, inputs, noise",
     "The inputs do not change with p, so two values of p are compared on the same x."},
    {"seed.init", MMOE_TYPE_SEED, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(seed_init), 0,
     SEEDS_MAX, NULL, NULL, "0", "seed of the first weights",
     "Weights depend on their tensor's name: what two models share starts equal."},
    {"seed.order", MMOE_TYPE_SEED, MMOE_GROUP_TRAINING, MMOE_RESETS_RUN, FIELD(seed_order), 0,
     SEEDS_MAX, NULL, NULL, "0", "seed of the batches",
     "Two models with the same one see the same batches."},
    {"seed.shape", MMOE_TYPE_SEED, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(seed_shape), 0,
     SEEDS_MAX, NULL, NULL, "0", "seed of alpha and beta where shape is once",
     "It stays where seed and the seeds of a study move on."},
    {"seed.split", MMOE_TYPE_SEED, MMOE_GROUP_DATA, MMOE_RESETS_DATA, FIELD(seed_split), 0,
     SEEDS_MAX, NULL, NULL, "0", "seed by which rows of a table are parted in validation and test",
     "It stays where seed and the seeds of a study move on."},
    {"jobs", MMOE_TYPE_COUNT, MMOE_GROUP_SESSION, MMOE_RESETS_NOTHING, FIELD(jobs), 1, 1024, "auto",
     NULL, "auto", "repeats trained at a time", "auto: one per core. Results do not depend on it."},
    {"speed", MMOE_TYPE_REAL, MMOE_GROUP_SESSION, MMOE_RESETS_NOTHING, FIELD(speed), 0.1, 1e9,
     "max", NULL, "max", "steps a second of the live run, for watching",
     "Repeats always go as fast as they can."},
    {"theme", MMOE_TYPE_WORD, MMOE_GROUP_SESSION, MMOE_RESETS_NOTHING, FIELD(theme), 0, 0, NULL,
     theme_words, "dark", "colours of the screen",
     "All are safe for the colour-blind; mono uses none. light is for light backgrounds and "
     "projectors; a session begins with it where COLORFGBG says that the background is light."},
    {"glyphs", MMOE_TYPE_WORD, MMOE_GROUP_SESSION, MMOE_RESETS_NOTHING, FIELD(glyphs), 0, 0, NULL,
     glyph_words, "auto", "characters that figures are made of",
     "auto: braille, which has the finest curves, where the locale is UTF-8; blocks on the Linux "
     "console, whose fonts lack it; ascii in other locales."},
    {"trial", MMOE_TYPE_COUNT, MMOE_GROUP_SESSION, MMOE_RESETS_NOTHING, FIELD(trial), 1, 1e6,
     "none", NULL, "none", "number of a trial of a search, or none",
     "Searches give their trials numbers by it; nothing depends on it."},
};
const size_t mmoe_option_count = sizeof mmoe_option_table / sizeof *mmoe_option_table;

static const char recommender[] = "recommender";

bool mmoe_options_of_file(const char *data)
{
    return data[0] && strcmp(data, recommender) != 0;
}

/* --- finding --- */

/* Names options had before, which stores, sessions and scripts may hold. */
static const struct {
    const char *before, *now, *special; /* special: the word for "none given" it had then */
} renamed[] = {{"data-file", "data", "none"}};

const struct mmoe_option *mmoe_option_find(const char *name)
{
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].before, name) == 0)
            name = renamed[i].now;
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (strcmp(mmoe_option_table[i].name, name) == 0)
            return &mmoe_option_table[i];
    return NULL;
}

const struct mmoe_option *mmoe_option_get(const char *name, struct mmoe_error *err)
{
    const struct mmoe_option *found = mmoe_option_find(name);
    if (found)
        return found;
    const char *names[sizeof mmoe_option_table / sizeof *mmoe_option_table];
    for (size_t i = 0; i < mmoe_option_count; i++)
        names[i] = mmoe_option_table[i].name;
    const char *near = mmoe_nearest(name, names, mmoe_option_count);
    if (near)
        mmoe_fail(err, MMOE_UNKNOWN, "no option '%s': did you mean %s?", name, near);
    else
        mmoe_fail(err, MMOE_UNKNOWN, "no option '%s': `set` lists them", name);
    return NULL;
}

bool mmoe_option_is_alias(const struct mmoe_option *option)
{
    return option->type == MMOE_TYPE_SEED && !strchr(option->name, '.');
}

/* The field of a row; the cast away from const is the callers' to answer for. */
static void *field(const struct mmoe_options *o, const struct mmoe_option *option)
{
    return (char *)(uintptr_t)o + option->offset;
}

/* --- telling what is accepted --- */

static void add_number(struct mmoe_text *t, const struct mmoe_option *option, double v)
{
    bool real = option->type == MMOE_TYPE_REAL || option->type == MMOE_TYPE_REALS;
    mmoe_text_add(t, "%s",
                  real ? mmoe_format_setting(v, MMOE_NUMBER)
                       : mmoe_format_count((uint64_t)v, MMOE_NUMBER));
}

static void add_words(struct mmoe_text *t, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        mmoe_text_add(t, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

void mmoe_option_range(const struct mmoe_option *option, struct mmoe_text *t)
{
    switch (option->type) {
    case MMOE_TYPE_WORD: add_words(t, option->words); return;
    case MMOE_TYPE_SEED: mmoe_text_add(t, "a whole number from 0"); return;
    case MMOE_TYPE_FILE: mmoe_text_add(t, "a file's path, or %s", option->special); return;
    case MMOE_TYPE_SIZES: mmoe_text_add(t, "up to %d numbers, each ", MMOE_DEPTH_MAX); break;
    case MMOE_TYPE_REALS: mmoe_text_add(t, "up to %d numbers, each ", MMOE_REALS_MAX); break;
    case MMOE_TYPE_REAL:
    case MMOE_TYPE_COUNT: break;
    }
    add_number(t, option, option->min);
    mmoe_text_add(t, " to ");
    add_number(t, option, option->max);
    if (option->special)
        mmoe_text_add(t, ", or %s", option->special);
}

/* "p must be -1 to 1, not 2". */
static enum mmoe_status reject(const struct mmoe_option *option, const char *value,
                               enum mmoe_status status, struct mmoe_error *err)
{
    struct mmoe_text range = {0};
    mmoe_option_range(option, &range);
    mmoe_fail(err, status, "%s must be %s, not '%s'", option->name, range.s, value);
    mmoe_text_done(&range);
    return status;
}

/* --- reading --- */

static bool within(const struct mmoe_option *option, double v)
{
    return v >= option->min && v <= option->max;
}

static enum mmoe_status read_word(const struct mmoe_option *option, const char *value, int *out,
                                  struct mmoe_error *err)
{
    size_t count = 0;
    while (option->words[count]) {
        if (strcmp(option->words[count], value) == 0) {
            *out = (int)count;
            return MMOE_OK;
        }
        count++;
    }
    const char *near = mmoe_nearest(value, option->words, count);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "no %s '%s': did you mean %s?", option->name, value,
                         near);
    return reject(option, value, MMOE_UNKNOWN, err);
}

/* The next piece of a list at *rest, as text of its own; false where it does not fit. */
static bool next_piece(const char **rest, char *piece, size_t size)
{
    size_t n = strcspn(*rest, ",");
    if (n >= size)
        return false;
    memcpy(piece, *rest, n);
    piece[n] = '\0';
    *rest = (*rest)[n] ? *rest + n + 1 : NULL;
    return true;
}

/* Cut "1x4" after the 1; returns how often it stands there, 1 without an x, 0 where that is no
 * number. */
static size_t cut_times(char *piece)
{
    char *x = strchr(piece, 'x');
    size_t times = 1;
    if (!x)
        return 1;
    *x = '\0';
    return mmoe_parse_size(x + 1, &times) ? times : 0;
}

static enum mmoe_status read_sizes(const struct mmoe_option *option, const char *value,
                                   struct mmoe_sizes *out, struct mmoe_error *err)
{
    struct mmoe_sizes sizes = {0};
    char piece[40];
    for (const char *rest = value; rest;) {
        size_t number, times;
        if (!next_piece(&rest, piece, sizeof piece) || !(times = cut_times(piece)) ||
            !mmoe_parse_size(piece, &number))
            return reject(option, value, MMOE_INVALID, err);
        if (!within(option, (double)number) || times > MMOE_DEPTH_MAX - sizes.n)
            return reject(option, value, MMOE_RANGE, err);
        while (times--)
            sizes.v[sizes.n++] = number;
    }
    *out = sizes;
    return MMOE_OK;
}

static enum mmoe_status read_reals(const struct mmoe_option *option, const char *value,
                                   struct mmoe_reals *out, struct mmoe_error *err)
{
    struct mmoe_reals reals = {0};
    char piece[64];
    for (const char *rest = value; rest;) {
        double number;
        size_t times;
        if (!next_piece(&rest, piece, sizeof piece) || !(times = cut_times(piece)) ||
            !mmoe_parse_double(piece, &number))
            return reject(option, value, MMOE_INVALID, err);
        if (!within(option, number) || times > MMOE_REALS_MAX - reals.n)
            return reject(option, value, MMOE_RANGE, err);
        while (times--)
            reals.v[reals.n++] = number;
    }
    *out = reals;
    return MMOE_OK;
}

static enum mmoe_status read_number(const struct mmoe_option *option, const char *value, void *out,
                                    struct mmoe_error *err)
{
    double real;
    size_t count = 0;
    if (option->type == MMOE_TYPE_REAL ? !mmoe_parse_double(value, &real)
                                       : !mmoe_parse_size(value, &count)) {
        /* -1 and 0.5 are numbers, but not counts */
        bool number = option->type == MMOE_TYPE_COUNT && mmoe_parse_double(value, &real);
        return reject(option, value, number ? MMOE_RANGE : MMOE_INVALID, err);
    }
    if (option->type == MMOE_TYPE_COUNT)
        real = (double)count;
    if (!within(option, real))
        return reject(option, value, MMOE_RANGE, err);
    if (option->type == MMOE_TYPE_REAL)
        *(double *)out = real == 0 ? 0 : real; /* no -0 */
    else
        *(size_t *)out = count;
    return MMOE_OK;
}

static enum mmoe_status read_seed(struct mmoe_options *o, const struct mmoe_option *option,
                                  const char *value, struct mmoe_error *err)
{
    uint64_t seed;
    if (!mmoe_parse_u64(value, &seed))
        return reject(option, value, MMOE_INVALID, err);
    if (mmoe_option_is_alias(option))
        o->seed_data = o->seed_init = o->seed_order = seed;
    else
        *(uint64_t *)field(o, option) = seed;
    return MMOE_OK;
}

static enum mmoe_status read_path(const struct mmoe_option *option, const char *value, char *out,
                                  struct mmoe_error *err)
{
    size_t n = strlen(value);
    if (n >= MMOE_FILE_MAX)
        return mmoe_fail(err, MMOE_RANGE, "%s must be a path of at most %d bytes", option->name,
                         MMOE_FILE_MAX - 1);
    if (n == 0 || strchr(value, '\n')) /* options are lines of text */
        return reject(option, value, MMOE_INVALID, err);
    memset(out, 0, MMOE_FILE_MAX);
    memcpy(out, value, n);
    return MMOE_OK;
}

void mmoe_options_whole(struct mmoe_options *o)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        char *path = field(o, &mmoe_option_table[i]), real[PATH_MAX];
        if (mmoe_option_table[i].type == MMOE_TYPE_FILE && *path && strpbrk(path, "./") &&
            realpath(path, real) && strlen(real) < MMOE_FILE_MAX)
            strcpy(path, real);
    }
}

/* Bytes of a field. */
static size_t field_size(const struct mmoe_option *option)
{
    static const size_t sizes[] = {
        [MMOE_TYPE_REAL] = sizeof(double),
        [MMOE_TYPE_COUNT] = sizeof(size_t),
        [MMOE_TYPE_WORD] = sizeof(int),
        [MMOE_TYPE_SIZES] = sizeof(struct mmoe_sizes),
        [MMOE_TYPE_REALS] = sizeof(struct mmoe_reals),
        [MMOE_TYPE_SEED] = sizeof(uint64_t),
        [MMOE_TYPE_FILE] = MMOE_FILE_MAX,
    };
    return sizes[option->type];
}

/* None given: zero is what every such type holds for auto, random and max. */
static void set_special(struct mmoe_options *o, const struct mmoe_option *option)
{
    memset(field(o, option), 0, field_size(option));
}

void mmoe_option_copy(struct mmoe_options *o, const struct mmoe_options *from,
                      const struct mmoe_option *option)
{
    if (mmoe_option_is_alias(option)) {
        o->seed_data = from->seed_data;
        o->seed_init = from->seed_init;
        o->seed_order = from->seed_order;
        return;
    }
    memcpy(field(o, option), field(from, option), field_size(option));
}

enum mmoe_status mmoe_option_set(struct mmoe_options *o, const char *name, const char *value,
                                 struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(name, err);
    if (!option)
        return MMOE_UNKNOWN;
    if (strcmp(value, "default") == 0)
        value = option->fallback;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].before, name) == 0 && strcmp(renamed[i].special, value) == 0)
            value = option->special;
    if (option->special && strcmp(value, option->special) == 0) {
        set_special(o, option);
        return MMOE_OK;
    }
    switch (option->type) {
    case MMOE_TYPE_WORD: return read_word(option, value, field(o, option), err);
    case MMOE_TYPE_SIZES: return read_sizes(option, value, field(o, option), err);
    case MMOE_TYPE_REALS: return read_reals(option, value, field(o, option), err);
    case MMOE_TYPE_SEED: return read_seed(o, option, value, err);
    case MMOE_TYPE_FILE: return read_path(option, value, field(o, option), err);
    case MMOE_TYPE_REAL:
    case MMOE_TYPE_COUNT: break;
    }
    return read_number(option, value, field(o, option), err);
}

size_t mmoe_options_size(void)
{
    return sizeof(struct mmoe_options);
}

void mmoe_options_default(struct mmoe_options *o)
{
    memset(o, 0, sizeof *o);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        struct mmoe_error err;
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (mmoe_failed(mmoe_option_set(o, option->name, option->fallback, &err)))
            mmoe_fatal("the default of option %s is wrong: %s", option->name, err.text);
    }
}

/* --- showing --- */

static void show_seed(const struct mmoe_options *o, const struct mmoe_option *option,
                      struct mmoe_text *t)
{
    if (!mmoe_option_is_alias(option))
        mmoe_text_add(t, "%llu", *(unsigned long long *)field(o, option));
    else if (o->seed_data == o->seed_init && o->seed_init == o->seed_order)
        mmoe_text_add(t, "%llu", (unsigned long long)o->seed_data);
    else
        mmoe_text_add(t, "%llu/%llu/%llu", (unsigned long long)o->seed_data,
                      (unsigned long long)o->seed_init, (unsigned long long)o->seed_order);
}

static void show_sizes(const struct mmoe_sizes *sizes, struct mmoe_text *t)
{
    for (size_t i = 0; i < sizes->n; i++)
        mmoe_text_add(t, "%s%zu", i ? "," : "", sizes->v[i]);
}

static void show_reals(const struct mmoe_reals *reals, struct mmoe_text *t)
{
    for (size_t i = 0; i < reals->n; i++) {
        mmoe_text_add(t, "%s", i ? "," : "");
        mmoe_text_add_number(t, reals->v[i]);
    }
}

/* True where the field holds "none given". */
static bool is_special(const struct mmoe_options *o, const struct mmoe_option *option)
{
    const void *f = field(o, option);
    if (!option->special)
        return false;
    switch (option->type) {
    case MMOE_TYPE_REAL: return *(const double *)f == 0;
    case MMOE_TYPE_COUNT: return *(const size_t *)f == 0;
    case MMOE_TYPE_SIZES: return ((const struct mmoe_sizes *)f)->n == 0;
    case MMOE_TYPE_REALS: return ((const struct mmoe_reals *)f)->n == 0;
    case MMOE_TYPE_FILE: return *(const char *)f == '\0';
    case MMOE_TYPE_WORD:
    case MMOE_TYPE_SEED: break;
    }
    return false;
}

void mmoe_option_show(const struct mmoe_options *o, const struct mmoe_option *option,
                      struct mmoe_text *t)
{
    const void *f = field(o, option);
    if (is_special(o, option)) {
        mmoe_text_add(t, "%s", option->special);
        return;
    }
    switch (option->type) {
    case MMOE_TYPE_REAL: mmoe_text_add_number(t, *(const double *)f); break;
    case MMOE_TYPE_COUNT: mmoe_text_add(t, "%zu", *(const size_t *)f); break;
    case MMOE_TYPE_WORD: mmoe_text_add(t, "%s", option->words[*(const int *)f]); break;
    case MMOE_TYPE_SIZES: show_sizes(f, t); break;
    case MMOE_TYPE_REALS: show_reals(f, t); break;
    case MMOE_TYPE_SEED: show_seed(o, option, t); break;
    case MMOE_TYPE_FILE: mmoe_text_add(t, "%s", (const char *)f); break;
    }
}

void mmoe_option_tell(const struct mmoe_options *o, const struct mmoe_option *option,
                      struct mmoe_text *t)
{
    const void *f = field(o, option);
    if (option->type == MMOE_TYPE_REAL && !is_special(o, option))
        add_number(t, option, *(const double *)f);
    else if (option->type == MMOE_TYPE_COUNT && !is_special(o, option))
        add_number(t, option, (double)*(const size_t *)f);
    else
        mmoe_option_show(o, option, t);
}

void mmoe_option_tell_default(const struct mmoe_option *option, struct mmoe_text *t)
{
    struct mmoe_options defaults;
    mmoe_options_default(&defaults);
    mmoe_option_tell(&defaults, option, t);
}

/* --- all of them --- */

void mmoe_options_text(const struct mmoe_options *o, struct mmoe_text *t)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        if (mmoe_option_is_alias(&mmoe_option_table[i]))
            continue; /* its three parts follow */
        mmoe_text_add(t, "%s=", mmoe_option_table[i].name);
        mmoe_option_show(o, &mmoe_option_table[i], t);
        mmoe_text_add(t, "\n");
    }
}

/* Set the option of a line NAME=VALUE, which is cut at its sign. */
static enum mmoe_status read_line(struct mmoe_options *o, char *line, struct mmoe_error *err)
{
    char *value = strchr(line, '=');
    if (!value)
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is no option with its value", line);
    *value++ = '\0';
    return mmoe_option_set(o, line, value, err);
}

enum mmoe_status mmoe_options_read(struct mmoe_options *o, const char *text, struct mmoe_error *err)
{
    struct mmoe_options read = *o;
    struct mmoe_text line = {0};
    enum mmoe_status status;
    while (*text) {
        size_t n = strcspn(text, "\n");
        mmoe_text_clear(&line);
        mmoe_text_add(&line, "%.*s", (int)n, text);
        text += n + (text[n] != '\0');
        status = read_line(&read, line.s, err);
        if (mmoe_failed(status))
            goto done;
    }
    status = mmoe_options_check(&read, err);
    if (mmoe_failed(status))
        goto done;
    *o = read;
done:
    mmoe_text_done(&line);
    return status;
}

/* --- comparing --- */

bool mmoe_option_same(const struct mmoe_options *a, const struct mmoe_options *b,
                      const struct mmoe_option *option)
{
    const void *x = field(a, option), *y = field(b, option);
    switch (option->type) {
    case MMOE_TYPE_REAL: return *(const double *)x == *(const double *)y;
    case MMOE_TYPE_COUNT: return *(const size_t *)x == *(const size_t *)y;
    case MMOE_TYPE_WORD: return *(const int *)x == *(const int *)y;
    case MMOE_TYPE_SIZES: {
        const struct mmoe_sizes *s = x, *t = y;
        return s->n == t->n && memcmp(s->v, t->v, s->n * sizeof *s->v) == 0;
    }
    case MMOE_TYPE_REALS: {
        const struct mmoe_reals *s = x, *t = y;
        size_t i = 0;
        while (s->n == t->n && i < s->n && s->v[i] == t->v[i])
            i++;
        return s->n == t->n && i == s->n;
    }
    case MMOE_TYPE_SEED:
        return mmoe_option_is_alias(option)
                   ? a->seed_data == b->seed_data && a->seed_init == b->seed_init &&
                         a->seed_order == b->seed_order
                   : *(const uint64_t *)x == *(const uint64_t *)y;
    case MMOE_TYPE_FILE: return strcmp(x, y) == 0;
    }
    return false;
}

bool mmoe_options_same(const struct mmoe_options *a, const struct mmoe_options *b)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (!mmoe_option_same(a, b, &mmoe_option_table[i]))
            return false;
    return true;
}

static enum mmoe_status check_list(const char *name, const struct mmoe_reals *list, size_t sines,
                                   struct mmoe_error *err)
{
    if (list->n == 0 || list->n == sines)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_RANGE,
                     "%s lists %s but sines is %zu: give as many, or set %s random", name,
                     MMOE_COUNTED(list->n, "number"), sines, name);
}

enum mmoe_status mmoe_options_check(const struct mmoe_options *o, struct mmoe_error *err)
{
    enum mmoe_status status = check_list("alpha", &o->alpha, o->sines, err);
    if (mmoe_failed(status))
        return status;
    status = check_list("beta", &o->beta, o->sines, err);
    if (mmoe_failed(status))
        return status;
    if (o->gate_noise && o->top_k == 0)
        return mmoe_fail(
            err, MMOE_RANGE,
            "gate-noise helps gates that keep some experts: set top-k, or gate-noise off");
    if (!mmoe_options_of_file(o->data) && o->rows && o->batch > o->rows)
        return mmoe_fail(
            err, MMOE_RANGE, "batch %s is more than rows %s: lower batch or raise rows",
            mmoe_format_count(o->batch, MMOE_NUMBER), mmoe_format_count(o->rows, MMOE_NUMBER));
    return MMOE_OK;
}

void mmoe_options_seeded(const struct mmoe_options *o, size_t i, struct mmoe_options *out)
{
    *out = *o;
    out->seed_data += i;
    out->seed_init += i;
    out->seed_order += i;
}
