"""The seven toys in PyTorch, on one core: `toy <tab> eager <tab> compiled`, in steps a second.

Each does in a step what our simulation of that name does with its defaults: the same sizes, the same
batches drawn anew, the same optimiser, in numbers of 64 bits. What differs is what PyTorch has one
way for and we another: events are dense matrices of zeros and ones, and gradients are autograd's.
Nothing is recorded or drawn. `cargo xtask peers` starts it; see README.md beside it.
"""

import math
import sys
import time
import warnings

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def adam(parameters, rate, betas=(0.9, 0.999)):
    # `foreach`, PyTorch's fast path for many small tensors, which the processor gets only if asked.
    return torch.optim.Adam(parameters, lr=rate, betas=betas, foreach=True)


def moe_train(wrap):
    """256 tokens of eight clusters, eight linear experts, the two best of a softmax router."""
    experts, k, tokens = 8, 2, 256
    angle = torch.arange(8) * (2 * math.pi / 8)
    centres = torch.stack([angle.cos(), angle.sin()], 1)
    directions, offsets = F.normalize(torch.randn(8, 2), dim=1), 0.7 * torch.randn(8)
    router = nn.Parameter(0.5 * torch.randn(experts, 3))
    laws = nn.Parameter(0.3 * torch.randn(experts, 3))
    optimiser = adam([router, laws], 0.05, (0.9, 0.99))
    ones = torch.ones(tokens, 1)

    @wrap
    def loss_of(x, y):
        best, chosen = F.softmax(x @ router.T, 1).topk(k, 1)
        gates = best / best.sum(1, keepdim=True)
        answers = (x @ laws.T).gather(1, chosen)
        return ((gates * answers).sum(1) - y).square().mean(), chosen

    def step():
        cluster = torch.randint(8, (tokens,))
        noise = torch.randn(tokens, 2)
        x = torch.cat([centres[cluster] + 0.18 * noise, ones], 1)
        y = 0.714 * (directions[cluster] * noise).sum(1) + offsets[cluster]
        loss, chosen = loss_of(x, y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        torch.bincount(chosen.reshape(-1), minlength=experts)

    return step


class Spike(torch.autograd.Function):
    """A step whose slope is the arctangent surrogate of snnTorch, at α = 2."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, slope):
        (x,) = ctx.saved_tensors
        return slope / (1 + (math.pi * x).square())


def snn_train(wrap):
    """16 inputs, 32 leaky neurons, 3 readouts, 25 time steps; 32 points a batch, and a fifth of the
    look at 300 test points and a map of 400."""
    inputs, hidden, outputs, window, batch, beta = 16, 32, 3, 25, 32, 0.9
    uniform = lambda rows, columns: (torch.rand(rows, columns) * 2 - 1) * 2.5 / math.sqrt(rows)
    w1, w2 = nn.Parameter(uniform(inputs, hidden)), nn.Parameter(uniform(hidden, outputs))
    b1, b2 = nn.Parameter(torch.zeros(hidden)), nn.Parameter(torch.zeros(outputs))
    optimiser = adam([w1, b1, w2, b2], 0.01)
    points, arms = torch.rand(300, inputs), torch.arange(300) % outputs
    places = torch.rand(80, inputs)
    test = (torch.rand(window, 60, inputs) < 0.5 * points[:60]).double()

    def run(events):
        # All inputs at once, before the loop: the recurrence does not reach back to them.
        currents = events @ w1 + b1
        membrane = torch.zeros_like(currents[0])
        spikes = membrane
        readout = torch.zeros(events.shape[1], outputs)
        total = readout
        for current in currents.unbind(0):
            membrane = beta * membrane + current - spikes.detach()
            spikes = Spike.apply(membrane - 1)
            readout = beta * readout + spikes @ w2 + b2
            total = total + readout
        return total / window

    @wrap
    def loss_of(events, classes):
        return F.cross_entropy(run(events), classes)

    answer = wrap(run)

    def step():
        chosen = torch.randint(300, (batch,))
        events = (torch.rand(window, batch, inputs) < 0.5 * points[chosen]).double()
        loss = loss_of(events, arms[chosen])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([w1, b1, w2, b2], 5.0)
        optimiser.step()
        with torch.no_grad():
            row = (torch.rand(window, 80, inputs) < 0.5 * places).double()
            answer(torch.cat([test, row], 1)).argmax(1)

    return step


def sae(wrap):
    """Eight latents in two dimensions, TopK with k = 1, 128 examples of five features."""
    latents, width, batch = 8, 2, 128
    angle = math.pi / 2 + torch.arange(5) * (2 * math.pi / 5)
    features = torch.stack([angle.cos(), angle.sin()], 1)
    decoder = nn.Parameter(F.normalize(torch.randn(latents, width), dim=1))
    encoder, bias = nn.Parameter(decoder.detach().clone()), nn.Parameter(torch.zeros(latents))
    optimiser = adam([encoder, bias, decoder], 5e-3)

    @wrap
    def loss_of(x):
        best, chosen = F.relu(x @ encoder.T + bias).topk(1, 1)
        code = torch.zeros(batch, latents).scatter(1, chosen, best)
        return (x - code @ decoder).square().sum(1).mean()

    def step():
        x = ((torch.rand(batch, 5) < 0.05) * torch.rand(batch, 5)) @ features
        loss = loss_of(x)
        optimiser.zero_grad()
        loss.backward()
        with torch.no_grad():
            decoder.grad -= (decoder.grad * decoder).sum(1, keepdim=True) * decoder
        optimiser.step()
        with torch.no_grad():
            bias.clamp_(max=0.0)
            decoder.copy_(F.normalize(decoder, dim=1))

    return step


def lora_live(wrap):
    """A matrix of 32 by 32 learned whole, and by an adapter of rank 4, from 64 inputs a step."""
    width, rank, batch, scaling = 32, 4, 64, 8.0
    base = torch.randn(width, width) / math.sqrt(width)
    target = base + torch.randn(width, width) / 8
    free = nn.Parameter(base.clone())
    a = nn.Parameter((torch.rand(rank, width) * 2 - 1) / math.sqrt(width))
    b = nn.Parameter(torch.zeros(width, rank))
    # As our own: an optimiser for each of the two learners.
    optimisers = [adam([free], 0.003), adam([a, b], 0.003)]

    @wrap
    def losses_of(x):
        apart = lambda w: (x @ (w - target).T).square().sum() / batch
        return apart(free), apart(base + scaling * b @ a)

    @wrap
    def distances():
        return (free - target).square().sum(), (base + scaling * b @ a - target).square().sum()

    def step():
        # The two share no parameter, so one pass backwards serves both.
        whole, adapter = losses_of(torch.randn(batch, width))
        for optimiser in optimisers:
            optimiser.zero_grad()
        (whole + adapter).backward()
        for optimiser in optimisers:
            optimiser.step()
        with torch.no_grad():
            distances()

    return step


def selective(wrap):
    """Two cells of one number, 16 sequences of 48 tokens: a gate that follows the input, and a fixed one."""
    batch, length = 16, 48
    # w_v, w_m, b, c, e; of the fixed cell the last three.
    weights = [nn.Parameter(torch.tensor([0.1, -0.1, -1.5, 1.0, 0.0])), nn.Parameter(torch.tensor([-1.5, 1.0, 0.0]))]
    optimisers = [adam([w], 0.05, (0.9, 0.99)) for w in weights]
    places = torch.arange(length)

    @wrap
    def losses_of(values, marks, targets):
        chooser, fixed = weights
        opened = torch.sigmoid(chooser[0] * values + chooser[1] * marks + chooser[2])
        gates = torch.stack([opened, torch.sigmoid(fixed[0]).expand_as(opened)], 1)
        state = torch.zeros(2, batch)
        states = []
        # Both cells in one tensor, [2, batch], a token at a time.
        for gate, value in zip(gates.unbind(0), values.unbind(0)):
            state = state + gate * (value - state)
            states.append(state)
        states = torch.stack(states)
        scale = torch.stack([chooser[3], fixed[1]])[:, None]
        skip = torch.stack([chooser[4], fixed[2]])[:, None]
        answers = scale * states + skip * values[:, None]
        return (answers - targets[:, None]).square().mean((0, 2))

    def step():
        values = torch.rand(length, batch) * 2 - 1
        marks = torch.rand(length, batch) < 0.1
        marks[0] = True
        last = torch.where(marks, places[:, None], 0).cummax(0).values
        losses = losses_of(values, marks.double(), values.gather(0, last))
        for optimiser in optimisers:
            optimiser.zero_grad()
        losses.sum().backward()
        for w in weights:
            nn.utils.clip_grad_norm_([w], 1.0)
        for optimiser in optimisers:
            optimiser.step()

    return step


def attention(wrap):
    """One head, 128 queries, keys and values of 32 numbers, no mask."""
    q, k, v = (torch.randn(1, 1, 128, 32) for _ in range(3))

    @wrap
    def attend():
        return F.scaled_dot_product_attention(q, k, v)

    def step():
        with torch.no_grad():
            attend()

    return step


def neurons(wrap):
    """1,000 leaky neurons with a current each, reset by subtraction one step late."""
    current = torch.rand(1000) * 0.5
    membrane = torch.zeros(1000)

    @wrap
    def update(membrane):
        membrane = 0.9 * membrane + current - (membrane > 1).double()
        return membrane, (membrane > 1).sum()

    def step():
        nonlocal membrane
        with torch.no_grad():
            membrane, _ = update(membrane)

    return step


TOYS = [moe_train, snn_train, sae, lora_live, selective, attention, neurons]


def speed(step, seconds):
    """Steps a second of processor time, which others on the machine disturb least."""
    warm = time.process_time()
    while time.process_time() - warm < 0.3:
        step()
    begun, made = time.process_time(), 0
    while (spent := time.process_time() - begun) < seconds:
        step()
        made += 1
    return made / spent


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    wanted = sys.argv[2:]
    for toy in TOYS:
        name = toy.__name__.replace("_", "-")
        if wanted and name not in wanted:
            continue
        torch.manual_seed(1)
        eager = speed(toy(lambda f: f), seconds)
        torch.manual_seed(1)
        compiled = speed(toy(torch.compile), seconds)
        print(f"{name}\t{eager}\t{compiled}", flush=True)


if __name__ == "__main__":
    main()
