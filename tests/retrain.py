# SPDX-License-Identifier: GPL-3.0-or-later
"""Train once more, in double precision, and compare the weights.

The program's training is implemented here a second time, from a description of
the models and not from the program's sources: the nets are a few lines each
over a small reverse-mode differentiation in NumPy, without the program's layout
of memory, its kernels or its hand-written gradients. Given the data, the first
weights and the weights after some steps, it takes the same steps and tells how
far each array is from the program's.

usage: retrain.py DATA.npz BEFORE.npz AFTER.npz [KEY=VALUE]...

DATA holds x_train (N, D) and y_train (N, T), where NaN is a missing label;
BEFORE and AFTER hold the weights by name. The batch of step i, from 0, is the
rows i B to i B + B - 1 modulo N. The keys and their defaults:

  model=mmoe            single-task, shared-bottom, moe, omoe, mmoe,
                        l2-constrained, cross-stitch, tensor-factorization
  steps=50              steps to take
  batch=100             rows of a batch
  lr=0.01               learning rate
  optimizer=adam        adam, sgd
  momentum=0.9          of sgd
  top-k=all             experts a gate keeps: all, or a number
  layers=1              MoE layers
  l2-alpha=0            weight of l2-constrained's distance
  balance=0             weight of the gates' squared variation of importance
  tasks=regression      regression, binary; a list, or one for all tasks
  task-weights=1        a list, or one for all tasks
  loss-weighting=fixed  fixed, uncertainty
  schedule=constant     constant, step, cosine
  decay=0.1             factor of schedule=step
  decay-every=2000      steps between two of its factors
  total-steps=STEPS     length of schedule=cosine
  weight-decay=0        decoupled, of all parameters
  clip=0                greatest norm of the whole gradient; 0: no limit
  tolerance=1e-4        greatest deviation that passes

An array's deviation is its largest absolute difference over the largest
magnitude in AFTER. A line an array (name, shape, deviation) is followed by
PASS or FAIL and the worst deviation. The exit status is 0 where all pass, 1
where one does not, 2 where the arguments are wrong or do not fit the arrays.
"""

import itertools
import math
import sys
import zipfile

import numpy as np


class UsageError(Exception):
    """The arguments are wrong, or do not fit each other."""


# Differentiation


def sum_to_shape(gradient, shape):
    """Add up what broadcasting has repeated."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(axis for axis, size in enumerate(shape)
                     if size == 1 and gradient.shape[axis] != 1)
    return gradient.sum(axis=repeated, keepdims=True)


class Tensor:
    """An array that knows what it was computed from.

    parents are pairs of a tensor and the function that takes the gradient by
    this tensor to the (not yet summed) gradient by that one.
    """

    serials = itertools.count()
    __array_ufunc__ = None

    def __init__(self, value, parents=()):
        self.value = np.asarray(value, dtype=np.float64)
        self.parents = parents
        self.gradient = None
        self.serial = next(Tensor.serials)

    @property
    def shape(self):
        return self.value.shape

    def __add__(self, other):
        other = as_tensor(other)
        return Tensor(self.value + other.value,
                      ((self, lambda g: g), (other, lambda g: g)))

    def __mul__(self, other):
        other = as_tensor(other)
        return Tensor(self.value * other.value,
                      ((self, lambda g: g * other.value),
                       (other, lambda g: g * self.value)))

    def __truediv__(self, other):
        other = as_tensor(other)
        quotient = self.value / other.value
        return Tensor(quotient, ((self, lambda g: g / other.value),
                                 (other, lambda g: -g * quotient / other.value)))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -as_tensor(other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __matmul__(self, other):
        return Tensor(self.value @ other.value,
                      ((self, lambda g: g @ other.value.swapaxes(-1, -2)),
                       (other, lambda g: self.value.swapaxes(-1, -2) @ g)))

    def __getitem__(self, index):
        """By numbers, slices and None only, which pick nothing twice."""
        def scatter(g):
            whole = np.zeros(self.shape)
            whole[index] = g
            return whole
        return Tensor(self.value[index], ((self, scatter),))

    def reshape(self, *shape):
        return Tensor(self.value.reshape(shape),
                      ((self, lambda g: g.reshape(self.shape)),))

    def transpose(self, *axes):
        return Tensor(self.value.transpose(axes),
                      ((self, lambda g: g.transpose(np.argsort(axes))),))

    def sum(self, axis=None, keepdims=False):
        def spread(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, self.shape)
        return Tensor(self.value.sum(axis=axis, keepdims=keepdims), ((self, spread),))

    def exp(self):
        power = np.exp(self.value)
        return Tensor(power, ((self, lambda g: g * power),))

    def relu(self):
        return Tensor(np.maximum(self.value, 0.0),
                      ((self, lambda g: g * (self.value > 0.0)),))

    def softplus(self):
        """log(1 + exp(x)), whose derivative is the logistic function."""
        return Tensor(np.logaddexp(0.0, self.value),
                      ((self, lambda g: g * np.exp(-np.logaddexp(0.0, -self.value))),))

    def backward(self):
        """Set the gradient of this scalar in all it was computed from.

        A tensor is made after its parents, so going down the serial numbers
        meets each when all that was computed from it has been met.
        """
        reached, todo = {self.serial: self}, [self]
        while todo:
            for parent, _ in todo.pop().parents:
                if parent.serial not in reached:
                    reached[parent.serial] = parent
                    todo.append(parent)
        for tensor in reached.values():
            tensor.gradient = np.zeros(tensor.shape)
        self.gradient = np.ones(self.shape)
        for serial in sorted(reached, reverse=True):
            tensor = reached[serial]
            for parent, pull in tensor.parents:
                parent.gradient += sum_to_shape(pull(tensor.gradient), parent.shape)


def as_tensor(value):
    return value if isinstance(value, Tensor) else Tensor(value)


def softmax(logits, kept):
    """Softmax over the last axis among the kept largest of each row; of equal
    ones the first are kept."""
    mask = np.zeros(logits.shape)
    order = np.argsort(-logits.value, axis=-1, kind="stable")
    np.put_along_axis(mask, order[..., :kept], 1.0, axis=-1)
    powers = (logits - logits.value.max(axis=-1, keepdims=True)).exp() * mask
    return powers / powers.sum(axis=-1, keepdims=True)


# Models


class Net:
    """A model over named weights.

    Arrays of several parts (tasks, experts, gates) have the part as their first
    axis; activations are (rows, width) or (parts, rows, width).
    """

    def __init__(self, weights, options, task_count):
        self.weights = {name: Tensor(value) for name, value in weights.items()}
        self.options = options
        self.task_count = task_count
        self.read = set()
        self.gates = []

    def weight(self, name):
        if name not in self.weights:
            raise UsageError(f"the weights have no array {name}")
        self.read.add(name)
        return self.weights[name]

    def has(self, name):
        return name in self.weights

    def layer_weight(self, name):
        """A layer's weights, or their product of factors."""
        if not self.has(name + ".S"):
            return self.weight(name + ".weight")
        core = self.weight(name + ".S")
        inputs, outputs, tasks = (self.weight(name + factor)
                                  for factor in (".U1", ".U2", ".U3"))
        input_rank, output_rank, task_rank = core.shape
        per_task = tasks @ core.transpose(2, 0, 1).reshape(task_rank, -1)
        cores = per_task.reshape(-1, input_rank, output_rank)
        return inputs @ cores @ outputs.transpose(1, 0)

    def hidden(self, x, name):
        """The hidden layers NAME, NAME.1, NAME.2 and so on, as far as there are
        arrays, each with the stitch that may follow it."""
        for depth in itertools.count():
            layer = f"{name}.{depth}" if depth else name
            if not (self.has(layer + ".weight") or self.has(layer + ".S")):
                return x
            bias = self.weight(layer + ".bias")
            if len(bias.shape) > 1:
                bias = bias[:, None, :]
            x = (x @ self.layer_weight(layer) + bias).relu()
            if self.options["model"] == "cross-stitch" and self.has(layer + ".stitch"):
                x = self.stitch(x, self.weight(layer + ".stitch"))

    @staticmethod
    def stitch(x, matrix):
        columns, rows, width = x.shape
        return (matrix @ x.reshape(columns, rows * width)).reshape(columns, rows, width)

    def linear_output(self, x, name):
        """One linear unit a part: (parts, rows)."""
        weight, bias = self.weight(name + ".weight"), self.weight(name + ".bias")
        return (x * weight[:, None, :]).sum(axis=-1) + bias[:, None]

    def towers(self, x):
        return self.linear_output(self.hidden(x, "towers.hidden"), "towers.out")

    def mixture(self, x, prefix, linear_experts=False):
        """A MoE layer: (gates, rows, width)."""
        if linear_experts:
            experts = self.linear_output(self.hidden(x, prefix + "experts"),
                                         prefix + "experts.out")
            experts = experts.reshape(*experts.shape, 1)
        else:
            if not self.has(prefix + "experts.weight"):
                raise UsageError(f"the weights have no array {prefix}experts.weight")
            experts = self.hidden(x, prefix + "experts")
        gates = softmax(x @ self.weight(prefix + "gates.weight"), self.options["top-k"])
        self.gates.append(gates)
        mixed = gates.transpose(1, 0, 2) @ experts.transpose(1, 0, 2)
        return mixed.transpose(1, 0, 2)

    def mixtures(self, x, prefix="", linear_experts=False):
        """All MoE layers, of which only the last may have several gates."""
        count = self.options["layers"]
        for depth in range(count):
            is_last = depth == count - 1
            layer = f"{prefix}layer{depth}." if depth else prefix
            x = self.mixture(x, layer, linear_experts and is_last)
            if not is_last and x.shape[0] != 1:
                raise UsageError(f"{layer}gates.weight has more than one gate")
        return x

    def predict(self, rows):
        """Predictions, logits for binary tasks: (tasks, rows)."""
        self.gates = []
        model, x = self.options["model"], Tensor(rows)
        if model == "moe":
            columns = [self.mixtures(x, prefix, linear_experts=True)
                       for prefix in column_prefixes(self.task_count)]
            return stack([column.reshape(len(rows)) for column in columns])
        if model in ("omoe", "mmoe"):
            return self.towers(self.mixtures(x))
        return self.towers(self.hidden(x, "bottom"))

    def distance(self):
        """Sum over pairs of tasks of the squared distance of their weights."""
        total = Tensor(0.0)
        for name, weight in self.weights.items():
            if name.startswith(("bottom.", "towers.")):
                for one, other in itertools.combinations(range(self.task_count), 2):
                    difference = weight[one] - weight[other]
                    total += (difference * difference).sum()
        return total

    def imbalance(self):
        """Sum over all gates of the squared variation of their importance."""
        total = Tensor(0.0)
        for gates in self.gates:
            importance = gates.sum(axis=1)
            experts = importance.shape[-1]
            mean = importance.sum(axis=-1, keepdims=True) / experts
            deviation = importance - mean
            variance = (deviation * deviation).sum(axis=-1, keepdims=True) / experts
            total += (variance / (mean * mean)).sum()
        return total


def stack(tensors):
    def pick(index):
        return lambda g: g[index]
    return Tensor(np.stack([tensor.value for tensor in tensors]),
                  tuple((tensor, pick(index)) for index, tensor in enumerate(tensors)))


def column_prefixes(task_count):
    if task_count > 26:
        raise UsageError("more than 26 tasks")
    if task_count == 1:
        return [""]
    return [chr(ord("a") + task) + "." for task in range(task_count)]


def objective(net, rows, labels):
    """What training minimises, for a batch."""
    options = net.options
    predictions = net.predict(rows)
    if predictions.shape != labels.T.shape:
        raise UsageError(f"predictions are {predictions.shape}, labels {labels.T.shape}")
    total = Tensor(0.0)
    for task, kind in enumerate(options["tasks"]):
        present = ~np.isnan(labels[:, task])
        label = np.where(present, labels[:, task], 0.0)
        prediction = predictions[task]
        if kind == "binary":
            errors = prediction.softplus() - prediction * label
        else:
            errors = (prediction - label) * (prediction - label)
        loss = (errors * present).sum() / max(present.sum(), 1)
        if options["loss-weighting"] == "uncertainty":
            log_variance = net.weight("loss.log_variance")[task]
            scale = 1.0 if kind == "binary" else 0.5
            loss = (-log_variance).exp() * loss * scale + log_variance * 0.5
            loss = loss * float(present.any())
        total += loss * options["task-weights"][task]
    if options["model"] == "l2-constrained":
        total += net.distance() * options["l2-alpha"]
    if options["balance"]:
        total += net.imbalance() * options["balance"]
    return total


# Training


class Adam:
    """Algorithm 1 of Kingma and Ba (2015)."""

    def __init__(self):
        self.first, self.second, self.steps = {}, {}, 0

    def changes(self, gradients, rate):
        self.steps += 1
        result = {}
        for name, gradient in gradients.items():
            self.first[name] = 0.9 * self.first.get(name, 0.0) + 0.1 * gradient
            self.second[name] = 0.999 * self.second.get(name, 0.0) + 0.001 * gradient**2
            first = self.first[name] / (1.0 - 0.9**self.steps)
            second = self.second[name] / (1.0 - 0.999**self.steps)
            result[name] = -rate * first / (np.sqrt(second) + 1e-8)
        return result


class Descent:
    """Gradient descent with momentum."""

    def __init__(self, momentum):
        self.momentum, self.velocity = momentum, {}

    def changes(self, gradients, rate):
        for name, gradient in gradients.items():
            self.velocity[name] = self.momentum * self.velocity.get(name, 0.0) + gradient
        return {name: -rate * self.velocity[name] for name in gradients}


def learning_rate(options, step):
    rate = options["lr"]
    if options["schedule"] == "step":
        return rate * options["decay"] ** (step // options["decay-every"])
    if options["schedule"] == "cosine":
        return rate * (1.0 + math.cos(math.pi * step / options["total-steps"])) / 2.0
    return rate


def clipped(gradients, limit):
    norm = math.sqrt(sum(float((g * g).sum()) for g in gradients.values()))
    if not limit or norm <= limit:
        return gradients
    return {name: g * (limit / norm) for name, g in gradients.items()}


def train(net, rows, labels):
    """Take all steps; net has the last weights afterwards."""
    options = net.options
    optimizer = Adam() if options["optimizer"] == "adam" else Descent(options["momentum"])
    for step in range(options["steps"]):
        first = step * options["batch"]
        batch = np.arange(first, first + options["batch"]) % len(rows)
        objective(net, rows[batch], labels[batch]).backward()
        unread = sorted(set(net.weights) - net.read)
        if unread:
            raise UsageError("the model has no array " + ", ".join(unread))
        gradients = clipped({name: weight.gradient for name, weight in net.weights.items()},
                            options["clip"])
        rate = learning_rate(options, step)
        changes = optimizer.changes(gradients, rate)
        net.weights = {
            name: Tensor(weight.value * (1.0 - rate * options["weight-decay"]) + changes[name])
            for name, weight in net.weights.items()}


# Arguments and report


def choice(*names):
    def parse(text):
        if text not in names:
            raise ValueError(text)
        return text
    return parse


def at_least(least, parse):
    def parse_bounded(text):
        value = parse(text)
        if not least <= value < math.inf:
            raise ValueError(text)
        return value
    return parse_bounded


def list_of(parse):
    return lambda text: [parse(part) for part in text.split(",")]


def kept_experts(text):
    """None, which cuts nothing from a slice, for all."""
    return None if text == "all" else at_least(1, int)(text)


KEYS = {
    "model": (choice("single-task", "shared-bottom", "moe", "omoe", "mmoe",
                     "l2-constrained", "cross-stitch", "tensor-factorization"), "mmoe"),
    "steps": (at_least(0, int), "50"),
    "batch": (at_least(1, int), "100"),
    "lr": (at_least(0, float), "0.01"),
    "optimizer": (choice("adam", "sgd"), "adam"),
    "momentum": (at_least(0, float), "0.9"),
    "top-k": (kept_experts, "all"),
    "layers": (at_least(1, int), "1"),
    "l2-alpha": (at_least(0, float), "0"),
    "balance": (at_least(0, float), "0"),
    "tasks": (list_of(choice("regression", "binary")), "regression"),
    "task-weights": (list_of(at_least(0, float)), "1"),
    "loss-weighting": (choice("fixed", "uncertainty"), "fixed"),
    "schedule": (choice("constant", "step", "cosine"), "constant"),
    "decay": (at_least(0, float), "0.1"),
    "decay-every": (at_least(1, int), "2000"),
    "total-steps": (at_least(1, int), None),
    "weight-decay": (at_least(0, float), "0"),
    "clip": (at_least(0, float), "0"),
    "tolerance": (at_least(0, float), "1e-4"),
}


def parse_options(arguments):
    texts = {key: default for key, (_, default) in KEYS.items()}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals or key not in KEYS:
            raise UsageError(f"{argument} is no KEY=VALUE of a known key")
        texts[key] = text
    options = {}
    for key, (parse, _) in KEYS.items():
        try:
            options[key] = options["steps"] if texts[key] is None else parse(texts[key])
        except ValueError:
            raise UsageError(f"{key} cannot be {texts[key]}") from None
    return options


def for_each_task(options, task_count):
    """The options with their lists as long as there are tasks."""
    options = dict(options)
    for key in ("tasks", "task-weights"):
        if len(options[key]) == 1:
            options[key] = options[key] * task_count
        if len(options[key]) != task_count:
            raise UsageError(f"{key} has {len(options[key])} parts for {task_count} tasks")
    return options


def load(path):
    try:
        with np.load(path) as archive:
            return {name: archive[name].astype(np.float64) for name in archive.files}
    except (OSError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path}: {error}") from None


def load_data(path):
    data = load(path)
    try:
        rows, labels = data["x_train"], data["y_train"]
    except KeyError as error:
        raise UsageError(f"{path} has no array {error.args[0]}") from None
    if rows.ndim != 2 or labels.ndim != 2 or len(rows) != len(labels) or not rows.size:
        raise UsageError(f"{path}: x_train is {rows.shape}, y_train {labels.shape}")
    return rows, labels


def deviation(ours, theirs):
    """What is missing, of another shape or not finite deviates without limit."""
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return math.inf
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return math.inf
    difference = np.abs(ours - theirs).max(initial=0.0)
    magnitude = np.abs(theirs).max(initial=0.0)
    if difference == 0.0:
        return 0.0
    return difference / magnitude if magnitude else math.inf


def report(ours, theirs, tolerance):
    """Print the comparison; whether all arrays pass."""
    worst = 0.0
    for name in list(ours) + [name for name in theirs if name not in ours]:
        apart = deviation(ours.get(name), theirs.get(name))
        shape = (ours if name in ours else theirs)[name].shape
        print(name, "x".join(map(str, shape)) or "scalar", f"{apart:.3g}")
        worst = max(worst, apart)
    passes = worst <= tolerance
    print("PASS" if passes else "FAIL", "worst", f"{worst:.3g}")
    return passes


def run(arguments):
    if len(arguments) < 3:
        raise UsageError("usage: retrain.py DATA.npz BEFORE.npz AFTER.npz [KEY=VALUE]...")
    options = parse_options(arguments[3:])
    rows, labels = load_data(arguments[0])
    before, after = load(arguments[1]), load(arguments[2])
    net = Net(before, for_each_task(options, labels.shape[1]), labels.shape[1])
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            train(net, rows, labels)
    except (ValueError, IndexError) as error:
        raise UsageError(f"the arrays do not fit the model: {error}") from None
    ours = {name: weight.value for name, weight in net.weights.items()}
    return report(ours, after, options["tolerance"])


def main():
    try:
        return 0 if run(sys.argv[1:]) else 1
    except UsageError as error:
        print(f"retrain.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
