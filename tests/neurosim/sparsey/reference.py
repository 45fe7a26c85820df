"""The equations of Sparsey in plain numpy, slow and independent of the package: the oracle.

Weights are dense arrays, one per mac and signal; every sum is written out. Only the numbers drawn
for the choice of winners are shared with the package, since otherwise nothing could be compared.
"""

import numpy as np


def grid_centres(rows, columns):
    return np.array(
        [((c + 0.5) / columns, 1 - (r + 0.5) / rows) for r in range(rows) for c in range(columns)]
    )


def near(here, there, radius):
    return [i for i, place in enumerate(there) if np.linalg.norm(place - here) <= radius + 1e-12]


def win_weight(v, g, n_units, *, lam, phi, chi, gamma, g_min):
    eta = 1 + max(0.0, (g - g_min) / (1 - g_min)) ** gamma * chi * n_units
    return (eta - 1) / (1 + np.exp(-(lam * v - phi))) + 1


class ReferenceMac:
    def __init__(self, n_modules, n_units, sources, sizes, own):
        """``sources`` {signal: list of macs or bits}, ``sizes`` {signal: (Q, K) of a source}."""
        self.shape, self.sources, self.sizes, self.own = (n_modules, n_units), sources, sizes, own
        self.weights = {
            s: np.zeros((len(sources[s]), *sizes[s], n_modules, n_units), dtype=int)
            for s in sources
        }
        self.frozen = {s: np.zeros((n_modules, n_units), dtype=bool) for s in sources}

    def total(self, signal, on):
        """``on`` [(place in sources, module, unit)] -> sums (Q, K)."""
        return sum((self.weights[signal][a] for a in on), np.zeros(self.shape))

    def divisor(self, signal, on):
        own = signal == "H" and any(self.sources["H"][a[0]] == self.own for a in on)
        return len(on) - own

    def support(self, heard, powers):
        v = np.ones(self.shape)
        for signal, on in heard.items():
            if self.divisor(signal, on) > 0:
                v = v * (self.total(signal, on) / self.divisor(signal, on)) ** powers[signal]
        return v

    def learn(self, heard, winners, freeze_at):
        for signal, on in heard.items():
            for place, module, unit in on:
                for q, k in enumerate(winners):
                    same = signal == "H" and self.sources["H"][place] == self.own and module == q
                    if not same and not self.frozen[signal][q, k]:
                        self.weights[signal][place, module, unit, q, k] = 1
            if freeze_at is not None:
                afferents = self.weights[signal].shape[:3]
                n_afferents = np.prod(afferents)
                if signal == "H":
                    n_afferents -= self.shape[1]
                full = self.weights[signal].sum(axis=(0, 1, 2)) >= freeze_at * n_afferents
                self.frozen[signal] |= full


class ReferenceNetwork:
    """Levels of macs; ``learn`` returns codes and G of every frame, [frame][level][mac]."""

    def __init__(self, config):
        self.config = config
        places = [grid_centres(*config.input_shape)] + [grid_centres(*g) for g in config.grid]
        sizes = [(1, 1)] + [
            (config.level(n).n_modules, config.level(n).n_units)
            for n in range(1, config.n_levels + 1)
        ]
        self.levels = []
        for n in range(1, config.n_levels + 1):
            level, macs = config.level(n), []
            for i, here in enumerate(places[n]):
                sources = {"U": near(here, places[n - 1], level.u_radius)}
                if level.h_radius is not None:
                    sources["H"] = near(here, places[n], level.h_radius)
                if level.d_radius is not None:
                    sources["D"] = near(here, places[n + 1], level.d_radius)
                of = {s: sizes[n + {"U": -1, "H": 0, "D": 1}[s]] for s in sources}
                macs.append(ReferenceMac(*sizes[n], sources, of, i))
            self.levels.append(macs)

    def learn(self, frames, draws):
        config = self.config
        powers = {"U": config.u_power, "H": config.h_power, "D": config.d_power}
        before = [[None] * len(macs) for macs in self.levels]
        age = [[0] * len(macs) for macs in self.levels]
        codes, familiarity, supports = [], [], []
        for frame, row in zip(frames, draws, strict=True):
            now = [[None] * len(macs) for macs in self.levels]
            g_now = [[0.0] * len(macs) for macs in self.levels]
            v_now = [[None] * len(macs) for macs in self.levels]
            first = 0
            for n, macs in enumerate(self.levels):
                for i, mac in enumerate(macs):
                    mine = row[first : first + mac.shape[0]]
                    first += mac.shape[0]
                    heard = self.heard(mac, n, frame, now, before)
                    if 0 < age[n][i] < config.level(n + 1).persistence:
                        now[n][i], g_now[n][i] = before[n][i], familiarity[-1][n][i]
                        age[n][i] += 1
                        if "U" in heard:
                            heard.pop("H", None)
                            mac.learn(heard, now[n][i], config.freeze_at)
                        continue
                    if "U" not in heard:
                        age[n][i] = 0
                        continue
                    v = mac.support(heard, powers)
                    g = v.max(axis=1).mean()
                    mu = win_weight(
                        v,
                        g,
                        mac.shape[1],
                        lam=config.lam,
                        phi=config.phi,
                        chi=config.chi,
                        gamma=config.gamma,
                        g_min=config.g_min,
                    )
                    rho = mu / mu.sum(axis=1, keepdims=True)
                    winners = [
                        int(np.searchsorted(np.cumsum(r), u))
                        for r, u in zip(rho, mine, strict=True)
                    ]
                    mac.learn(heard, winners, config.freeze_at)
                    now[n][i], g_now[n][i], age[n][i], v_now[n][i] = winners, g, 1, v
            codes.append(now)
            familiarity.append(g_now)
            supports.append(v_now)
            before = now
        return codes, familiarity, supports

    def heard(self, mac, n, frame, now, before):
        heard, config = {}, self.config
        if n == 0:
            on = [(j, 0, 0) for j, bit in enumerate(mac.sources["U"]) if frame[bit]]
            n_on = len(on)
        else:
            on, n_on = self.active_units(mac.sources["U"], now[n - 1])
        size = len(mac.sources["U"])
        if n_on and config.pi_min * size <= n_on <= config.pi_max * size:
            heard["U"] = on
        for signal, level in (("H", n), ("D", n + 1)):
            if signal in mac.sources:
                on, n_on = self.active_units(mac.sources[signal], before[level])
                if n_on:
                    heard[signal] = on
        return heard

    @staticmethod
    def active_units(sources, codes):
        on = [
            (j, q, k)
            for j, m in enumerate(sources)
            if codes[m] is not None
            for q, k in enumerate(codes[m])
        ]
        return on, sum(codes[m] is not None for m in sources)
