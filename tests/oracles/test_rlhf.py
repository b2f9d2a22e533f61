"""rlhf against independent libraries, finite differences, and the numbers of handout and lab.

What comes from a library is called here, not copied. torchrl and trl are an extra (`oracles`); the
tests that need them are skipped without it.
"""

import collections
import contextlib
import importlib.util
import io
import math
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
import torch
from scipy import special, stats
from torch.nn import functional

from solutions import rlhf
from solutions.rlhf import (
    dpo_loss,
    grpo_advantages,
    kl_penalty,
    reward_model_loss,
    shaped_rewards,
    verifiable_reward,
)

COURSE = Path(__file__).parents[2]
FOLDER = COURSE / "assignments" / "rlhf"
HANDOUT = (FOLDER / "handout.md").read_text(encoding="utf-8")
EXTRA = "comes with the extra `oracles`"


@pytest.fixture
def rng():
    return np.random.default_rng(2022)


def float64(numbers):
    """Return a float64 tensor that collects a gradient."""
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


class TestRewardModelLoss:
    def test_agrees_with_scipy_at_any_margin(self, rng):
        margins = np.concatenate([rng.normal(size=20) * 5, [-1000.0, -745.2, -104.0, 0.0, 1000.0]])
        for dtype in (torch.float64, torch.float32):
            got = reward_model_loss(torch.tensor(margins, dtype=dtype), torch.zeros(25, dtype=dtype))
            assert got.item() == pytest.approx(-special.log_expit(margins).mean(), rel=1e-6)

    def test_is_binary_cross_entropy_with_label_one(self, rng):
        chosen, rejected = torch.from_numpy(rng.normal(size=(2, 9)))
        want = functional.binary_cross_entropy_with_logits(chosen - rejected, torch.ones(9).double())
        torch.testing.assert_close(reward_model_loss(chosen, rejected), want)

    def test_gradient_is_that_of_finite_differences(self, rng):
        scores = [float64(one) for one in rng.normal(size=(2, 5)) * 3]
        assert torch.autograd.gradcheck(reward_model_loss, scores)

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
    def test_gradient_is_finite_at_any_margin(self, dtype):
        chosen = torch.tensor([1000.0, -1000.0], dtype=dtype, requires_grad=True)
        reward_model_loss(chosen, torch.zeros(2, dtype=dtype)).backward()
        assert chosen.grad.tolist() == [0.0, -0.5]

    @pytest.mark.filterwarnings("ignore")
    def test_agrees_with_trl(self, rng):
        trainer = pytest.importorskip("trl", reason=f"trl {EXTRA}").RewardTrainer
        chosen, rejected = torch.from_numpy(rng.normal(size=(2, 6)))
        accelerator = SimpleNamespace(gather=lambda x: x, gather_for_metrics=lambda x: x)
        stand_in = SimpleNamespace(
            model=SimpleNamespace(training=False),
            args=SimpleNamespace(center_rewards_coefficient=None),
            accelerator=accelerator,
            _metrics={"eval": collections.defaultdict(list)},
            _total_train_tokens=0,
        )
        scores = SimpleNamespace(logits=torch.cat([chosen, rejected])[:, None])
        want = trainer.compute_loss(stand_in, lambda **_: scores, {})
        torch.testing.assert_close(reward_model_loss(chosen, rejected), want)


class TestKlPenalty:
    @pytest.mark.parametrize("estimator", ["k1", "k3"])
    @pytest.mark.parametrize("words", [2, 18, 1000])
    def test_mean_is_the_entropy_of_scipy(self, rng, estimator, words):
        policy, frozen = rng.dirichlet(np.ones(words) * 2, (2, 3))
        sent = torch.from_numpy(np.log(policy)), torch.from_numpy(np.log(frozen))
        mean = (policy * kl_penalty(*sent, estimator).numpy()).sum(axis=1)
        np.testing.assert_allclose(mean, stats.entropy(policy, frozen, axis=1), rtol=1e-9)

    def test_mean_is_the_divergence_of_torch(self, rng):
        policy, frozen = torch.from_numpy(rng.dirichlet(np.ones(7), (2, 4)))
        want = torch.distributions.kl_divergence(
            torch.distributions.Categorical(policy), torch.distributions.Categorical(frozen)
        )
        mean = (policy * kl_penalty(policy.log(), frozen.log(), "k3")).sum(1)
        torch.testing.assert_close(mean, want)

    def test_dips_below_zero_by_rounding_only(self, rng):
        log_probs = torch.from_numpy(rng.uniform(-5, -1, (50, 50))).float()
        near = log_probs + torch.from_numpy(rng.normal(size=(50, 50))).float() * 1e-3
        assert kl_penalty(log_probs, near, "k3").min() > -1e-6

    @pytest.mark.parametrize("name", ["k2", "K1", "", "kl"])
    def test_other_names_are_refused(self, name):
        with pytest.raises(ValueError, match="expected 'k1' or 'k3'"):
            kl_penalty(torch.zeros(1, 1), torch.zeros(1, 1), name)

    def test_agrees_with_torchrl(self, rng):
        torchrl = pytest.importorskip("torchrl.objectives.llm", reason=f"torchrl {EXTRA}")
        log_probs, ref_log_probs = torch.from_numpy(rng.uniform(-6, -0.1, (2, 4, 5)))
        want = torchrl.k3_kl_token_estimate(ref_log_probs, log_probs)
        torch.testing.assert_close(kl_penalty(log_probs, ref_log_probs, "k3"), want)


class TestShapedRewards:
    def test_agrees_with_a_loop(self, rng):
        for rows, width in ((1, 1), (3, 4), (20, 9)):
            scores = rng.normal(size=rows)
            log_probs, ref_log_probs = rng.uniform(-6, -0.1, (2, rows, width))
            mask = rng.random((rows, width)) < 0.4
            mask[np.arange(rows), rng.integers(width, size=rows)] = True
            want = np.zeros((rows, width))
            for row in range(rows):
                for t in np.flatnonzero(mask[row]):
                    want[row, t] = -0.3 * (log_probs[row, t] - ref_log_probs[row, t])
                want[row, t] += scores[row]
            sent = map(torch.from_numpy, (scores, log_probs, ref_log_probs, mask))
            np.testing.assert_allclose(shaped_rewards(*sent, 0.3), want)

    def test_values_that_do_not_count_may_be_anything(self):
        mask = torch.tensor([[False, True, False]])
        log_probs = torch.tensor([[math.inf, -1.0, math.nan]])
        got = shaped_rewards(torch.tensor([2.0]), log_probs, torch.zeros(1, 3), mask, 0.5)
        assert got.tolist() == [[0.0, 2.5, 0.0]]


class TestVerifiableReward:
    def test_numbers_are_exact(self):
        assert verifiable_reward("#### 9007199254740993", "9007199254740992") == 0.0
        assert verifiable_reward(r"#### \frac{1}{3}", "0.3333333333333333") == 0.0
        assert verifiable_reward(r"#### -\frac{2}{6}", r"\frac{-1}{3}") == 1.0

    @pytest.mark.parametrize("odd", ["9" * 10000, "1e999999999", r"\frac{1}{0}", "$" * 99, "1,2,3"])
    def test_odd_answers_are_texts(self, odd):
        assert verifiable_reward(f"#### {odd}", "123") == 0.0
        assert verifiable_reward(f"#### {odd}", odd) == 1.0

    def test_a_box_that_never_closes_is_none(self):
        assert verifiable_reward(r"\boxed{7} or \boxed{8", "7") == 1.0
        assert verifiable_reward("\\boxed{" * 500, "7") == 0.0

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("written", ["42", "42.0", "-3", r"\frac{1}{2}", "0.5", "1,000"])
    @pytest.mark.parametrize("answer", ["42", "-3", r"\frac{1}{2}", "1000"])
    def test_agrees_with_trl_on_boxes(self, written, answer):
        pytest.importorskip("math_verify", reason=f"math-verify {EXTRA}")
        rewards = pytest.importorskip("trl.rewards", reason=f"trl {EXTRA}")
        response = rf"So it is \boxed{{{written}}}"
        want = rewards.accuracy_reward([[{"role": "assistant", "content": response}]], [answer])
        assert [verifiable_reward(response, answer)] == want


class TestGrpoAdvantages:
    @pytest.mark.parametrize("shape", [(1, 2), (4, 3), (2, 64)])
    def test_agrees_with_scipy(self, rng, shape):
        rewards = rng.normal(size=shape)
        want = stats.zscore(rewards, axis=1, ddof=1)
        np.testing.assert_allclose(grpo_advantages(torch.from_numpy(rewards)), want, rtol=1e-6)

    def test_equal_rewards_are_zero_in_single_precision(self):
        for size in (1, 3, 7, 11):  # the mean of seven float32 0.1 is not that 0.1
            assert not grpo_advantages(torch.full((2, size), 0.1)).any()

    def test_agrees_with_torchrl(self, rng):
        torchrl = pytest.importorskip("torchrl.objectives.llm", reason=f"torchrl {EXTRA}")
        tensordict = pytest.importorskip("tensordict", reason=f"tensordict {EXTRA}")
        rewards = torch.from_numpy(rng.normal(size=(1, 4))).float()
        transform = torchrl.MCAdvantage(grpo_size=4, prompt_key="group", trajectory_return="sum")
        for reward in rewards[0]:
            after = {"reward": reward.reshape(1, 1), "done": torch.ones(1, 1, dtype=torch.bool)}
            after = tensordict.TensorDict(after, batch_size=[1])
            step = tensordict.TensorDict({"group": torch.zeros(1), "next": after}, batch_size=[1])
            group = transform.inv(step)
        want = group["advantage"].reshape(1, 4)
        torch.testing.assert_close(grpo_advantages(rewards), want)


class TestDpoLoss:
    def test_gradient_is_that_of_finite_differences(self, rng):
        chosen, rejected = (float64(one) for one in rng.uniform(-9, -5, (2, 4)))
        ref_chosen, ref_rejected = torch.from_numpy(rng.uniform(-9, -5, (2, 4)))
        assert torch.autograd.gradcheck(
            lambda a, b: dpo_loss(a, b, ref_chosen, ref_rejected, 0.7), (chosen, rejected)
        )

    def test_the_best_policy_stands_for_the_true_scores(self, rng):
        """The reference weighted by exp(score / beta) has the reward model's loss, exactly."""
        ref, scores, beta = rng.dirichlet(np.ones(12)), rng.normal(size=12), 0.3
        policy = ref * np.exp(scores / beta)
        policy /= policy.sum()
        logs = torch.from_numpy(np.log([policy[:6], policy[6:], ref[:6], ref[6:]]))
        want = reward_model_loss(torch.from_numpy(scores[:6]), torch.from_numpy(scores[6:]))
        torch.testing.assert_close(dpo_loss(*logs, beta), want)

    @pytest.mark.filterwarnings("ignore")
    def test_agrees_with_trl(self, rng, monkeypatch):
        monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
        cpo = pytest.importorskip("trl.experimental.cpo", reason=f"trl {EXTRA}")
        chosen, rejected, ref_chosen, ref_rejected = torch.from_numpy(rng.uniform(-9, -5, (4, 6)))
        stand_in = SimpleNamespace(
            alpha=0.0,
            beta=0.3,
            label_smoothing=0.0,
            loss_type="sigmoid",
            accelerator=SimpleNamespace(device="cpu"),
        )
        # CPO is DPO without a reference: it is given the gains over the reference instead.
        losses, _, _ = cpo.CPOTrainer.cpo_loss(stand_in, chosen - ref_chosen, rejected - ref_rejected)
        got = dpo_loss(chosen, rejected, ref_chosen, ref_rejected, 0.3)
        torch.testing.assert_close(got, losses.mean())


class TestHandout:
    def test_losses_and_gradients_of_pairs(self):
        for margin in (math.log(3), 0.0, -math.log(3)):
            score = float64([margin])
            loss = reward_model_loss(score, torch.zeros(1))
            loss.backward()
            row = f"{special.expit(margin):.3g} | {loss:.4f} | {score.grad.item():.2g} |"
            assert row in HANDOUT

    def test_where_a_sigmoid_rounds_to_zero(self):
        for dtype, margin in ((torch.float32, -104.0), (torch.float64, -745.2)):
            at, before = torch.tensor([margin, margin + 1.5], dtype=dtype)
            assert torch.exp(at) == 0.0 < torch.exp(before)
        assert "about -104 on" in HANDOUT
        assert "about -745" in HANDOUT

    def test_divergence_of_two_tokens(self):
        policy, frozen = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.25, 0.75]])
        k1, k3 = (kl_penalty(policy.log(), frozen.log(), name)[0] for name in ("k1", "k3"))
        for t in range(2):
            assert f"| {k1[t]:.4f} | {k3[t]:.4f} |" in HANDOUT
        assert f"| {k1.mean():.4f} | {k3.mean():.4f} |" in HANDOUT

    def test_rewards_of_one_response(self):
        got = shaped_rewards(
            torch.tensor([3.0]),
            torch.tensor([[-9.0, -1.0, -1.0, -9.0]]),
            torch.tensor([[-9.0, -2.0, -0.5, -9.0]]),
            torch.tensor([[False, True, True, False]]),
            0.1,
        )
        row = " | ".join(f"{reward:.3g}" for reward in got[0].tolist())
        assert f"| reward | {row} |".replace("-0 ", "0 ") in HANDOUT

    def test_rewards_of_strings(self):
        table = HANDOUT.split("| response | answer | reward |")[1].split("\n\n")[0]
        rows = [row.strip("|").split(" | ") for row in table.splitlines()[2:]]
        assert len(rows) == 8
        for response, answer, reward in rows:
            got = verifiable_reward(response.strip(" `"), answer.strip(" `"))
            assert got == float(reward), response

    def test_advantages_of_one_success_in_four(self):
        rewards = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
        assert grpo_advantages(rewards)[0].tolist() == pytest.approx([1.5, -0.5, -0.5, -0.5])
        centered = rewards - 0.25
        wrong = (centered / centered.square().mean().sqrt())[0]
        assert f"{wrong[0]:.3f} and {wrong[1]:.3f}" in HANDOUT

    def test_dpo_by_hand(self):
        gain = torch.tensor([math.log(3)])
        got = dpo_loss(-20 + 1.5 * gain, -10 - 0.5 * gain, gain * 0 - 20, gain * 0 - 10, 0.5)
        assert f"the loss {got:.4f}" in HANDOUT
        assert f"log 2 = {math.log(2):.4f}" in HANDOUT


@pytest.fixture(scope="module")
def lab():
    """Run the lab with the solution; return its names and what it printed."""
    spec = importlib.util.spec_from_file_location("rlhf_lab", FOLDER / "rlhf_lab.py")
    module = importlib.util.module_from_spec(spec)
    printed, names = io.StringIO(), {"__name__": "lab"}
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setitem(sys.modules, "rlhf_lab", module)
        spec.loader.exec_module(module)
        patch.setitem(sys.modules, "rlhf", rlhf)
        patch.setattr("importlib.reload", lambda same: same)
        mpl.use("Agg")
        patch.setattr("matplotlib.pyplot.show", lambda: names["plt"].close("all"))
        exec(compile((FOLDER / "lab.py").read_text(encoding="utf-8"), "lab.py", "exec"), names)
    return SimpleNamespace(**names, printed=printed.getvalue())


@pytest.mark.slow  # the whole lab, five seeds: a minute
class TestLab:
    """Claims hold for every seed; printed numbers within what another version of torch may do."""

    def test_nothing_waits_for_the_student(self, lab):
        assert "waits for you" not in lab.printed

    def test_the_hack(self, lab):
        start, end = lab.runs(0.02)[:, 0], lab.end_of(0.02)
        assert (end[:, 0] > 2 * start[:, 0]).all()  # the score
        assert (end[:, 1] < start[:, 1] - 0.1).all()  # the true quality
        assert (end[:, 2] > 3 * start[:, 2]).all()  # tokens
        best = lab.runs(0.02)[:, :, 1].mean(axis=0)
        assert best.max() > start[:, 1].mean() + 0.1

    def test_each_cure(self, lab):
        hack, kl, penalty, both = (lab.end_of(*setting) for setting in lab.lab.CURES.values())
        start = lab.runs(0.02)[:, 0]
        assert hack[:, 1].mean() < kl[:, 1].mean() < start[:, 1].mean()  # slower, not cured
        assert (kl[:, 2] > 30).all()
        for cured in (penalty, both):
            assert (cured[:, 1] > start[:, 1] + 0.2).all()
            assert (cured[:, 2] < 20).all()
        assert both[:, 1].std() < penalty[:, 1].std()
        assert both[:, 1].mean() < penalty[:, 1].mean()
        assert (both[:, 3] < penalty[:, 3]).all()

    def test_no_leash_alone_reaches_the_penalty(self, lab):
        ends = [lab.end_of(kl_coef)[:, 1].mean() for kl_coef in (0.02, 0.1, 0.3, 1.0)]
        assert ends == sorted(ends)
        assert ends[-1] < lab.end_of(0.02, lab.lab.TOKEN_PRICE)[:, 1].mean()

    def test_the_root_is_in_the_preferences(self, lab):
        sound = lab.end_of(0.02, 0.0, lab.lab.quality)
        assert (sound[:, 1] > 1.2).all()
        told = float(re.search(r"ends at a quality of (\d\.\d\d)", HANDOUT)[1])
        assert sound[:, 1].mean() == pytest.approx(told, abs=0.2)

    def test_the_table_of_the_handout(self, lab):
        for name, setting in lab.lab.CURES.items():
            end = lab.end_of(*setting)[:, :3]
            row = next(line for line in HANDOUT.splitlines() if line.startswith(f"| {name} |"))
            told = [cell.split(" ± ") for cell in row.split(" | ")[1:]]
            for column, (mean, spread) in enumerate(told):
                allowed = max(3 * float(spread.strip(" |")), 0.1)
                assert end[:, column].mean() == pytest.approx(float(mean), abs=allowed)

    def test_checkers(self, lab):
        strict, blind, lax = (
            lab.reasoners(checker, unseen)
            for checker, unseen in (
                (verifiable_reward, False),
                (verifiable_reward, True),
                (lab.occurs_anywhere, True),
            )
        )
        assert (strict[1] > 0.95).all()
        assert blind[0][:, -10:].mean() == pytest.approx(0.25, abs=0.03)
        assert lax[0][:, -10:].mean() > 0.75
        assert (lax[1] < 0.15).all()
        told = float(re.search(r"it pays (\d\.\d\d) to a", HANDOUT)[1])
        assert lax[0][:, -10:].mean() == pytest.approx(told, abs=0.06)
