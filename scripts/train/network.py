"""The encoder as a PyTorch network, to be tuned; the same network as encoder_graph.forward."""

import torch
from torch import nn
from torch.nn import functional

from encoder_graph import EPSILON, HEADS, HIDDEN, layer_count

DROPOUT = 0.1
# Names of a layer's parameters in the published file.
PRODUCTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


class Layer(nn.Module):
    """Attention and feed-forward, each with its residual and norm."""

    def __init__(self, weights, name):
        super().__init__()
        self.named = nn.ParameterDict()
        for part in (*PRODUCTS, *NORMS):
            for kind in ("weight", "bias"):
                # A ParameterDict takes no dots.
                key = f"{part}.{kind}".replace(".", "/")
                self.named[key] = nn.Parameter(weights[f"{name}.{part}.{kind}"].clone())

    def of(self, part):
        key = part.replace(".", "/")
        return self.named[f"{key}/weight"], self.named[f"{key}/bias"]

    def linear(self, x, part):
        return functional.linear(x, *self.of(part))

    def norm(self, x, part):
        return functional.layer_norm(x, (HIDDEN,), *self.of(part), EPSILON)

    def drop(self, x):
        return functional.dropout(x, DROPOUT, self.training)

    def attended(self, x, mask):
        rows, tokens, _ = x.shape
        query, key, value = (
            self.linear(x, f"attention.self.{part}").view(rows, tokens, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(rows, tokens, HIDDEN)
        return self.norm(x + self.drop(self.linear(mixed, "attention.output.dense")), "attention.output.LayerNorm")

    def units(self, x):
        """The feed-forward units of what attention gave."""
        return functional.gelu(self.linear(x, "intermediate.dense"))

    def forward(self, x, mask):
        x = self.attended(x, mask)
        return self.norm(x + self.drop(self.linear(self.units(x), "output.dense")), "output.LayerNorm")


class Encoder(nn.Module):
    """Words and places stay as published; the layers can be tuned."""

    def __init__(self, weights):
        super().__init__()
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        self.words = weights["embeddings.word_embeddings.weight"]
        self.places = weights["embeddings.position_embeddings.weight"] + segment
        self.embedding_norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self.layers = nn.ModuleList(
            Layer(weights, f"encoder.layer.{place}") for place in range(layer_count(weights))
        )

    def lower(self, ids, mask, layers):
        """What the first `layers` layers give, and the mask as attention wants it."""
        x = self.words[ids] + self.places[: ids.shape[1]]
        x = functional.layer_norm(x, (HIDDEN,), *self.embedding_norm, EPSILON)
        mask = mask[:, None, None, :].bool()
        for layer in self.layers[:layers]:
            x = layer(x, mask)
        return x, mask

    def upper(self, x, mask, layers):
        """What the layers from `layers` on make of that: [rows, tokens, 384]."""
        for layer in self.layers[layers:]:
            x = layer(x, mask)
        return x

    def tuned(self, published):
        """The published file with the layers as they are now."""
        found = dict(published)
        for place, layer in enumerate(self.layers):
            for key, parameter in layer.named.items():
                name = f"encoder.layer.{place}.{key.replace('/', '.')}"
                found[name] = parameter.detach().clone().contiguous()
        return found


def sentence_mean(hidden, mask):
    """The mean of a text's tokens without both markers, at length 1: the published use of the encoder."""
    inner = mask.float()
    inner[:, 0] = 0
    inner[torch.arange(len(mask)), mask.sum(1) - 1] = 0
    return functional.normalize((hidden * inner[..., None]).sum(1), dim=1)


def start_marker(hidden):
    """The vector of the start marker, at length 1: free to learn, the published use ignores it."""
    return functional.normalize(hidden[:, 0], dim=1)
