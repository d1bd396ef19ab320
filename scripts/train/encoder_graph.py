"""The encoder as an ONNX graph, built node by node from its weights.

MiniLM is a small BERT: embeddings, layers of attention and feed-forward, nothing else.
Building the graph here instead of tracing it keeps PyTorch out of the export and lets the 8-bit
products and the scale of every word be placed exactly.

`build` gives the model; `forward` is the same network in plain NumPy, against which every graph
is checked and with which the ranges of the activations are observed.
"""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HEADS = 12
HIDDEN = 384
HEAD = HIDDEN // HEADS
EPSILON = 1e-12
OPSET = 17
IR_VERSION = 10
CONTRIB = "com.microsoft"
LOWEST = float(np.finfo(np.float32).min)

# GELU is never below this, so its 8-bit codes keep a sixteenth of their range for it.
GELU_FLOOR = 0.17
GELU_ZERO = 16


def layer_count(weights):
    """How many layers the weights have."""
    return sum(name.endswith(".intermediate.dense.bias") for name in weights)


@dataclass(frozen=True)
class Recipe:
    """What distinguishes one variant of the graph from another."""

    # fp32; dynamic: one scale a tensor, found as it runs; blocks: MatMulNBits, a scale for each
    # row and block; calibrated: scales from a calibration, and one a row where outliers are worst
    products: str = "calibrated"
    # standard: operators of ONNX alone; fused: one MultiHeadAttention, without the mask if it is all ones
    attention: str = "standard"
    words: str = "row"  # fp32; tensor: 8 bits, one scale; row: 8 bits, one scale a word
    block: int = 32


@dataclass(frozen=True)
class Range:
    """A calibrated activation: divided by `divisor` per channel, it lies in low..high."""

    divisor: np.ndarray
    low: float
    high: float


class Graph:
    """Collects nodes and initialisers; its methods return the name of their result."""

    def __init__(self, recipe, ranges):
        self.recipe = recipe
        self.ranges = ranges
        self.nodes = []
        self.initializers = {}
        self.quantised = {}

    def constant(self, name, array):
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def number(self, value, kind=np.float32):
        return self.constant(f"{np.dtype(kind).name}:{value:.9g}", kind(value))

    def node(self, operator, inputs, *outputs, domain="", **attributes):
        name = f"{outputs[0]}:{operator}"
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs[0]

    # Products

    def linear(self, x, name, weight, bias):
        """x · weight + bias, with `weight` as [inputs, outputs]."""
        if self.recipe.products == "fp32":
            product = self.node("MatMul", [x, self.constant(f"{name}.weight", weight)], f"{name}.product")
            return self.node("Add", [product, self.constant(f"{name}.bias", bias)], name)
        if self.recipe.products == "blocks":
            return self.blocks(x, name, weight, bias)
        row_scale = None
        if self.recipe.products == "dynamic":
            codes, scale, zero = self.dynamic_codes(x)
        elif x.endswith(".gelu"):
            codes, scale, zero, row_scale = self.row_codes(x)
        else:
            weight = weight * self.ranges[x].divisor[:, None]
            codes, scale, zero = self.calibrated_codes(x)
        values, column_scale = quantise_columns(weight)
        inputs = [
            codes,
            self.constant(f"{name}.int8", values),
            scale,
            self.constant(f"{name}.scale", column_scale),
            zero,
            self.constant(f"{name}.zero", np.zeros(len(column_scale), np.int8)),
        ]
        bias = self.constant(f"{name}.bias", bias)
        if row_scale is None:
            return self.node("MatMulIntegerToFloat", [*inputs, bias], name, domain=CONTRIB)
        product = self.node("MatMulIntegerToFloat", inputs, f"{name}.product", domain=CONTRIB)
        real = self.node("Mul", [product, row_scale], f"{name}.real")
        return self.node("Add", [real, bias], name)

    def blocks(self, x, name, weight, bias):
        values, scale = quantise_blocks(weight, self.recipe.block)
        return self.node(
            "MatMulNBits",
            [
                x,
                self.constant(f"{name}.uint8", values),
                self.constant(f"{name}.scale", scale),
                "",
                "",
                self.constant(f"{name}.bias", bias),
            ],
            name,
            domain=CONTRIB,
            K=weight.shape[0],
            N=weight.shape[1],
            bits=8,
            block_size=self.recipe.block,
            accuracy_level=4,
        )

    def dynamic_codes(self, x):
        """8-bit codes with the scale of the whole tensor: whatever travels in it changes it."""
        if x not in self.quantised:
            outputs = [f"{x}.codes", f"{x}.step", f"{x}.zero"]
            self.node("DynamicQuantizeLinear", [x], *outputs)
            self.quantised[x] = outputs
        return self.quantised[x]

    def calibrated_codes(self, x):
        """8-bit codes with scales that were fixed at export."""
        if x not in self.quantised:
            bounds = self.ranges[x]
            step = (bounds.high - bounds.low) / 255
            zero = self.number(int(np.clip(np.rint(-bounds.low / step), 0, 255)), np.uint8)
            factor = self.constant(f"{x}.factor", (1 / (bounds.divisor * step)).astype(np.float32))
            scaled = self.node("Mul", [x, factor], f"{x}.scaled")
            codes = self.node("QuantizeLinear", [scaled, self.number(1.0), zero], f"{x}.codes")
            self.quantised[x] = [codes, self.number(step), zero]
        return self.quantised[x]

    def row_codes(self, x):
        """8-bit codes of a GELU with one scale a row, and that scale."""
        top = self.node("ReduceMax", [x], f"{x}.top", axes=[-1], keepdims=1)
        least = self.number(GELU_FLOOR * (255 - GELU_ZERO) / GELU_ZERO)
        reach = self.node("Max", [top, least], f"{x}.reach")
        step = self.node("Mul", [reach, self.number(1 / (255 - GELU_ZERO))], f"{x}.step")
        scaled = self.node("Div", [x, step], f"{x}.scaled")
        one, zero = self.number(1.0), self.number(GELU_ZERO, np.uint8)
        return self.node("QuantizeLinear", [scaled, one, zero], f"{x}.codes"), one, zero, step

    # Parts of the network

    def normalise(self, x, name, gamma, beta):
        # SkipLayerNormalization would fuse the sum before it, but runs a third as fast (1.31, one thread).
        parameters = [self.constant(f"{name}.gamma", gamma), self.constant(f"{name}.beta", beta)]
        return self.node("LayerNormalization", [x, *parameters], name, axis=-1, epsilon=EPSILON)

    def embed(self, weights):
        """Words, positions and the one segment there is."""
        table = weights["embeddings.word_embeddings.weight"]
        if self.recipe.words == "fp32":
            words = self.node("Gather", [self.constant("words.weight", table), "input_ids"], "words")
        else:
            if self.recipe.words == "tensor":
                values, scale = quantise_columns(table.reshape(-1, 1))
                values, scale = values.reshape(table.shape), self.number(scale[0])
            else:
                values, scale = quantise_columns(table.T)
                values = values.T
                scale = self.node("Gather", [self.constant("words.scale", scale[:, None]), "input_ids"], "words.step")
            codes = self.node("Gather", [self.constant("words.int8", values), "input_ids"], "words.codes")
            real = self.node("Cast", [codes], "words.real", to=TensorProto.FLOAT)
            words = self.node("Mul", [real, scale], "words")
        places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        end = self.node("Shape", ["input_ids"], "tokens", start=1, end=2)
        start = self.constant("places.start", np.array([0], np.int64))
        here = self.node("Slice", [self.constant("places.weight", places), start, end, start], "places")
        return self.normalise(
            self.node("Add", [words, here], "embedded"),
            "embeddings",
            weights["embeddings.LayerNorm.weight"],
            weights["embeddings.LayerNorm.bias"],
        )

    def mask(self):
        if self.recipe.attention == "fused":
            self.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
            least = self.node("ReduceMin", ["attention_mask"], "mask.least", keepdims=0)
            self.node("Cast", [least], "mask.unpadded", to=TensorProto.BOOL)
            return
        axes = self.constant("mask.axes", np.array([1, 2], np.int64))
        real = self.node("Cast", ["attention_mask"], "mask.real", to=TensorProto.FLOAT)
        away = self.node("Sub", [self.number(1.0), real], "mask.away")
        low = self.node("Mul", [away, self.number(LOWEST)], "mask.low")
        self.node("Unsqueeze", [low, axes], "mask")

    def attend(self, x, name, weights):
        """Self-attention before its output projection."""
        parts = {
            part: (weights[f"{name}.attention.self.{part}.weight"].T, weights[f"{name}.attention.self.{part}.bias"])
            for part in ("query", "key", "value")
        }
        if self.recipe.attention == "fused":
            products = [self.linear(x, f"{name}.{part}", *of) for part, of in parts.items()]
            return self.node(
                "If",
                ["mask.unpadded"],
                f"{name}.attention",
                then_branch=attention_branch(f"{name}.attention.unpadded", products),
                else_branch=attention_branch(f"{name}.attention.padded", [*products, "", "mask"]),
            )
        factor = np.float32(1 / np.sqrt(HEAD))  # of the scores, kept in the query weights
        parts["query"] = tuple(array * factor for array in parts["query"])
        split = self.constant("heads.split", np.array([0, 0, HEADS, HEAD], np.int64))
        joined = self.constant("heads.joined", np.array([0, 0, HIDDEN], np.int64))
        heads = {}
        for part, of in parts.items():
            product = self.node("Reshape", [self.linear(x, f"{name}.{part}", *of), split], f"{name}.{part}.heads")
            order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
            heads[part] = self.node("Transpose", [product], f"{name}.{part}.turned", perm=order)
        scores = self.node("MatMul", [heads["query"], heads["key"]], f"{name}.scores")
        masked = self.node("Add", [scores, "mask"], f"{name}.masked")
        shares = self.node("Softmax", [masked], f"{name}.shares", axis=-1)
        mixed = self.node("MatMul", [shares, heads["value"]], f"{name}.mixed")
        back = self.node("Transpose", [mixed], f"{name}.back", perm=[0, 2, 1, 3])
        return self.node("Reshape", [back, joined], f"{name}.attention")

    def layer(self, x, name, result, weights):
        def dense(key):
            return weights[f"{name}.{key}.weight"].T, weights[f"{name}.{key}.bias"]

        def norm(key):
            return weights[f"{name}.{key}.LayerNorm.weight"], weights[f"{name}.{key}.LayerNorm.bias"]

        attended = self.attend(x, name, weights)
        projected = self.linear(attended, f"{name}.projection", *dense("attention.output.dense"))
        added = self.node("Add", [projected, x], f"{name}.middle.sum")
        middle = self.normalise(added, f"{name}.middle", *norm("attention.output"))
        wide = self.linear(middle, f"{name}.wide", *dense("intermediate.dense"))
        gelu = self.node("Gelu", [wide], f"{name}.gelu", domain=CONTRIB)
        narrow = self.linear(gelu, f"{name}.narrow", *dense("output.dense"))
        added = self.node("Add", [narrow, middle], f"{name}.sum")
        return self.normalise(added, result, *norm("output"))


def build(weights, recipe=Recipe(), ranges=None):
    """input_ids, attention_mask [rows, tokens] -> token_embeddings [rows, tokens, 384]."""
    graph = Graph(recipe, ranges)
    graph.mask()
    x = graph.embed(weights)
    last = layer_count(weights) - 1
    for layer in range(last + 1):
        name = f"encoder.layer.{layer}"
        x = graph.layer(x, name, "token_embeddings" if layer == last else f"{name}.out", weights)
    shape = ["rows", "tokens"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
            [helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, [*shape, HIDDEN])],
            list(graph.initializers.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=IR_VERSION,
        producer_name="baton",
    )
    checker.check_model(model)
    return model


def attention_branch(name, inputs):
    """A graph of one attention node, for an If."""
    node = helper.make_node(
        "MultiHeadAttention", inputs, [name], name, domain=CONTRIB, num_heads=HEADS, mask_filter_value=LOWEST
    )
    value = helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", "tokens", HIDDEN])
    return helper.make_graph([node], name, [], [value])


def quantise_columns(weight):
    """Symmetric 8-bit integers with one scale a column: (values, scales)."""
    scale = np.maximum(np.abs(weight).max(axis=0) / 127, np.finfo(np.float32).tiny).astype(np.float32)
    return np.clip(np.rint(weight / scale), -127, 127).astype(np.int8), scale


def quantise_blocks(weight, block):
    """8-bit integers around 128 with a scale for every `block` inputs of an output."""
    inputs, outputs = weight.shape
    blocks = weight.T.reshape(outputs, inputs // block, block)
    scale = np.maximum(np.abs(blocks).max(axis=2) / 127, np.finfo(np.float32).tiny).astype(np.float32)
    return (np.clip(np.rint(blocks / scale[..., None]), -127, 127) + 128).astype(np.uint8), scale


def forward(weights, ids, mask, observe=None, kind=np.float64):
    """The same network in NumPy: slow, plain, independent of ONNX.

    `observe(name, activation)` sees the input of every product, by its name in the graph.
    """
    from scipy.special import erf, softmax

    def take(key):
        return weights[key].astype(kind)

    def linear(x, name):
        return x @ take(f"{name}.weight").T + take(f"{name}.bias")

    def normalise(x, name):
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return centred / spread * take(f"{name}.weight") + take(f"{name}.bias")

    def heads(x):
        return x.reshape(*x.shape[:2], HEADS, HEAD).transpose(0, 2, 1, 3)

    def seen(name, x):
        if observe:
            observe(name, x)
        return x

    x = take("embeddings.word_embeddings.weight")[ids]
    x = x + take("embeddings.position_embeddings.weight")[: ids.shape[1]]
    x = normalise(x + take("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
    bias = np.where(mask[:, None, None, :] == 1, 0.0, -1e30).astype(kind)
    name = "embeddings"
    for layer in range(layer_count(weights)):
        seen(name if layer == 0 else f"{name}.out", x)
        name = f"encoder.layer.{layer}"
        q, k, v = (heads(linear(x, f"{name}.attention.self.{part}")) for part in ("query", "key", "value"))
        mixed = softmax(q @ k.transpose(0, 1, 3, 2) / kind(np.sqrt(HEAD)) + bias, axis=-1) @ v
        mixed = seen(f"{name}.attention", mixed.transpose(0, 2, 1, 3).reshape(x.shape))
        x = normalise(x + linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        wide = linear(seen(f"{name}.middle", x), f"{name}.intermediate.dense")
        wide = seen(f"{name}.gelu", 0.5 * wide * (1 + erf(wide / kind(np.sqrt(2)))))
        x = normalise(x + linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return x


def calibrate(weights, encodings, balance=0.75):
    """The range of every product's input over some texts, its outlier channels levelled.

    A channel is divided by a power of its greatest activation and its weights are multiplied
    by the same (SmoothQuant, Xiao et al. 2022): the product stays, the codes get finer. A GELU
    is scaled by row as it runs and needs no range.
    """
    low, high = {}, {}

    def observe(name, x):
        if not name.endswith(".gelu"):
            x = x.reshape(-1, x.shape[-1])
            low[name] = np.minimum(low.get(name, 0), x.min(axis=0))
            high[name] = np.maximum(high.get(name, 0), x.max(axis=0))

    for ids in encodings:
        forward(weights, ids, np.ones_like(ids), observe, np.float32)
    readers = {"embeddings": "encoder.layer.0.attention.self"}
    for layer in range(layer_count(weights)):
        readers[f"encoder.layer.{layer}.out"] = f"encoder.layer.{layer + 1}.attention.self"
        readers[f"encoder.layer.{layer}.attention"] = f"encoder.layer.{layer}.attention.output.dense"
        readers[f"encoder.layer.{layer}.middle"] = f"encoder.layer.{layer}.intermediate.dense"
    ranges = {}
    for name, reader in readers.items():
        if name not in low:
            continue
        matrices = [array for key, array in weights.items() if key.startswith(f"{reader}.") and array.ndim == 2]
        greatest = np.maximum(np.max([np.abs(m).max(axis=0) for m in matrices], axis=0), 1e-4)
        reach = np.maximum(np.maximum(high[name], -low[name]), 1e-3)
        divisor = reach**balance / greatest ** (1 - balance)
        divisor = (divisor / np.exp(np.log(divisor).mean())).astype(np.float32)
        ranges[name] = Range(divisor, float((low[name] / divisor).min()), float((high[name] / divisor).max()))
    return ranges
