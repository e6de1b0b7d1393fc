"""March (1991), rules *program*, as one writes it in Mesa: people are agents with NumPy rows."""

from __future__ import annotations

import mesa
import numpy as np


class Member(mesa.Agent):
    """A member of the organization: beliefs, and the actions that follow from them."""

    def __init__(self, model: March) -> None:
        super().__init__(model)
        self.beliefs = model.rng.integers(-1, 2, model.dimensions)
        self.actions = self.beliefs
        self.performance = 0

    def act(self) -> None:
        coins = self.model.rng.choice((-1, 1), self.model.dimensions)
        self.actions = np.where(self.beliefs == 0, coins, self.beliefs)
        self.performance = int(self.actions @ self.model.reality)

    def learn(self, code: np.ndarray) -> None:
        differs = (code != 0) & (self.beliefs != code)
        if differs.any():
            learns = differs & (self.model.rng.random(code.size) < self.model.socialization)
            opposite = learns & (self.beliefs == -code)
            self.beliefs = np.where(opposite, 0, np.where(learns, code, self.beliefs))


class March(mesa.Model):
    """An organization whose code and members learn from each other until they agree."""

    def __init__(
        self,
        people: int = 50,
        dimensions: int = 30,
        socialization: float = 0.1,
        codification: float = 0.5,
        rng: int | None = None,
    ) -> None:
        super().__init__(rng=rng)
        self.dimensions = dimensions
        self.socialization = socialization
        self.codification = codification
        self.reality = self.rng.choice((-1, 1), dimensions)
        self.code = np.zeros(dimensions, dtype=int)
        self.periods = 0
        Member.create_agents(self, people)

    def step(self) -> None:
        code = self.code
        self.agents.do("act")
        level = int(code @ self.reality)
        superiors = self.agents.select(lambda member: member.performance > level)
        if len(superiors) > 0:
            self.code = self.revised(sum(superiors.get("actions")))
        self.agents.do("learn", code)
        self.periods += 1
        self.running = not self.is_absorbed()

    def revised(self, votes: np.ndarray) -> np.ndarray:
        majority = np.sign(votes)
        moves = self.rng.random(votes.size) < 1 - (1 - self.codification) ** np.abs(votes)
        return np.where((majority != 0) & moves, majority, self.code)

    def is_absorbed(self) -> bool:
        if not self.code.all():
            return False
        return all(np.array_equal(member.beliefs, self.code) for member in self.agents)

    @property
    def code_score(self) -> float:
        return float(self.code @ self.reality) / self.dimensions


def run(people: int, dimensions: int, seed: int, periods: int = 10_000) -> tuple[float, int]:
    """Run one organization until it is absorbed; the code's score and the periods it took."""
    model = March(people, dimensions, rng=seed)
    while model.running and model.periods < periods:
        model.step()
    # Mesa 3.3 keeps every model alive through its table of identifiers.
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)
    return model.code_score, model.periods
