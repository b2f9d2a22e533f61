"""Wrong answers to policy_gradients that students really write, with the hint each of them gets."""

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

from autograder.checks import misconception
from solutions.policy_gradients import BANDIT_REWARDS
from solutions.policy_gradients import gae_advantages as right_gae
from solutions.policy_gradients import ppo_clip_loss as right_loss
from solutions.policy_gradients import standardize_returns as right_standardize

# standardize_returns


@misconception("standardize_returns")
def leaves_one_return_to_the_formula(returns, eps=1e-8):
    """Is your result NaN for one return alone? What does torch divide by when it takes the standard
    deviation of a single number?"""
    return (returns - returns.mean()) / (returns.std() + eps)


@misconception("standardize_returns")
def divides_by_t_in_the_variance(returns, eps=1e-8):
    """This is the population's standard deviation. The sample's divides by T - 1; torch's `std`
    does so unless told otherwise, NumPy's does not."""
    return (returns - returns.mean()) / (returns.std(correction=0) + eps)


@misconception("standardize_returns")
def only_centres(returns, eps=1e-8):
    """The mean is 0 now. What about the spread?"""
    return returns - returns.mean()


@misconception("standardize_returns")
def only_scales(returns, eps=1e-8):
    """The spread is 1 now. What about the mean?"""
    return returns / (returns.std() + eps) if len(returns) > 1 else torch.zeros_like(returns)


@misconception("standardize_returns")
def divides_by_the_variance(returns, eps=1e-8):
    """You divide by the variance. In what unit is it, if the returns were in metres?"""
    centred = returns - returns.mean()
    return centred / (returns.var() + eps) if len(returns) > 1 else centred


@misconception("standardize_returns")
def takes_eps_into_the_root(returns, eps=1e-8):
    """Where does eps go: under the root, or to the standard deviation?"""
    centred = returns - returns.mean()
    return centred / torch.sqrt(returns.var() + eps) if len(returns) > 1 else centred


@misconception("standardize_returns")
def forgets_eps(returns, eps=1e-8):
    """Equal returns have a standard deviation of 0. What do you divide by then? What is eps for?"""
    centred = returns - returns.mean()
    return centred / returns.std() if len(returns) > 1 else centred


@misconception("standardize_returns")
def has_an_eps_of_its_own(returns, eps=1e-8):
    """The argument eps has no effect. Is a number written where eps should stand?"""
    centred = returns - returns.mean()
    return centred / (returns.std() + 1e-8) if len(returns) > 1 else centred


@misconception("standardize_returns")
def works_in_place(returns, eps=1e-8):
    """Your `-=` or `/=` changes the tensor of whoever called you. Can you make a new one?"""
    returns -= returns.mean()
    if len(returns) > 1:
        returns /= returns.std() + eps
    return returns


@misconception("standardize_returns")
def scales_to_the_unit_interval(returns, eps=1e-8):
    """This maps smallest and largest to 0 and 1. Standardising is about mean and deviation."""
    return (returns - returns.min()) / (returns.max() - returns.min() + eps)


@misconception("standardize_returns")
def takes_eps_for_a_floor(returns, eps=1e-8):
    """You use eps as the least standard deviation. The formula adds it."""
    centred = returns - returns.mean()
    return centred if len(returns) == 1 else centred / returns.std().clamp(min=eps)


@misconception("standardize_returns")
def divides_by_t_and_forgets_eps(returns, eps=1e-8):
    """Two things: this is the population's standard deviation, where the sample's divides by T - 1, and
    eps is not used."""
    centred = returns - returns.mean()
    return centred / returns.std(correction=0) if len(returns) > 1 else centred


@misconception("standardize_returns")
def divides_by_t_with_an_eps_of_its_own(returns, eps=1e-8):
    """This is the population's standard deviation, where the sample's divides by T - 1, and the argument eps
    has no effect."""
    return (returns - returns.mean()) / (returns.std(correction=0) + 1e-8)


@misconception("standardize_returns")
def gives_one_return_back(returns, eps=1e-8):
    """One return alone comes back as it is. It lies exactly on its mean: what is left of it?"""
    return right_standardize(returns, eps) if len(returns) > 1 else returns.clone()


@misconception("standardize_returns")
def has_a_floor_of_its_own(returns, eps=1e-8):
    """A standard deviation below some number of your own is replaced by it. The formula adds eps, and
    small returns are standardised like others."""
    centred = returns - returns.mean()
    return centred / returns.std().clamp(min=1e-4) if len(returns) > 1 else centred


@misconception("standardize_returns")
def has_a_larger_eps_by_default(returns, eps=1e-5):
    """Your default for eps is larger than the one in the signature. Keep the signature as it was given."""
    return right_standardize(returns, eps)


@misconception("standardize_returns")
def subtracts_the_median(returns, eps=1e-8):
    """You subtract the median. Which average does the formula ask for?"""
    return (returns - returns.median()) / (returns.std() + eps) if len(returns) > 1 else returns * 0


@misconception("standardize_returns")
def divides_before_it_subtracts(returns, eps=1e-8):
    """The mean is subtracted after the division, in the old unit. Which brackets are missing?"""
    if len(returns) == 1:
        return torch.zeros_like(returns)
    return returns / (returns.std() + eps) - returns.mean()


@misconception("standardize_returns")
def leaves_equal_returns_as_they_are(returns, eps=1e-8):
    """Equal returns come back unchanged. They all lie on their mean: what is left?"""
    return right_standardize(returns, eps) if returns.max() > returns.min() else returns.clone()


@misconception("standardize_returns")
def measures_the_spread_around_zero(returns, eps=1e-8):
    """You divide by the size of the returns, measured from 0. The standard deviation is measured from
    the mean."""
    spread = (returns**2).sum() / max(len(returns) - 1, 1)
    return (returns - returns.mean()) / (spread.sqrt() + eps)


@misconception("standardize_returns")
def rounds_the_answer(returns, eps=1e-8):
    """The results are rounded. Leave them as they are: rounding is for printing."""
    return torch.round(right_standardize(returns, eps), decimals=2)


@misconception("standardize_returns")
def divides_the_mean_alone(returns, eps=1e-8):
    """Only the mean is divided, and then subtracted: `/` binds before `-`. Which brackets are missing?"""
    return returns - returns.mean() / (returns.std() + eps) if len(returns) > 1 else returns * 0


@misconception("standardize_returns")
def normalizes_as_a_layer_does(returns, eps=1e-8):
    """This is what a normalising layer does: the population's variance, and eps under the root. The sample's
    standard deviation is asked, with eps added to it."""
    centred = returns - returns.mean()
    return centred / torch.sqrt(returns.var(correction=0) + eps)


@misconception("standardize_returns")
def adds_eps_after_dividing(returns, eps=1e-8):
    """eps is added to the quotient, not to the standard deviation: brackets are missing."""
    return (returns - returns.mean()) / returns.std() + eps


@misconception("standardize_returns")
def cuts_the_results_at_one(returns, eps=1e-8):
    """The standardised returns are cut to a range of your own. Leave those far from the mean as they are."""
    return right_standardize(returns, eps).clamp(-1.0, 1.0)


@misconception("standardize_returns")
def cuts_the_results_at_two(returns, eps=1e-8):
    """Standardised returns far from the mean are cut to a range of your own. Leave them as they are."""
    return right_standardize(returns, eps).clamp(-2.0, 2.0)


@misconception("standardize_returns")
def divides_by_the_mean_deviation(returns, eps=1e-8):
    """You divide by the mean distance from the mean. The standard deviation is the root of a mean of squares."""
    centred = returns - returns.mean()
    return centred / (centred.abs().mean() + eps)


@misconception("standardize_returns")
def divides_by_the_range(returns, eps=1e-8):
    """You divide by the distance from the smallest to the largest. The standard deviation is asked."""
    return (returns - returns.mean()) / (returns.max() - returns.min() + eps)


# PolicyNetwork


def network(*layers):
    """Return layers as one network."""
    return nn.Sequential(*layers)


@misconception("PolicyNetwork")
class ends_in_a_softmax(nn.Module):
    """Your outputs are probabilities. Logits are asked: who samples takes the softmax. A softmax
    inside, and another one at the sampling, makes every policy nearly uniform."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        self.net = network(first, nn.ReLU(), last, nn.Softmax(dim=-1))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class ends_in_a_log_softmax(nn.Module):
    """Your outputs are log-probabilities. The second layer's output as it is was asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        self.net = network(first, nn.ReLU(), last, nn.LogSoftmax(dim=-1))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class uses_tanh(nn.Module):
    """Which function comes between the two layers?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.Tanh(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class forgets_the_relu(nn.Module):
    """Two linear layers in a row are one linear layer. What belongs between them?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class cuts_the_logits_at_zero(nn.Module):
    """Your logits are never negative: is there a ReLU after the last layer?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions), nn.ReLU())

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class has_one_layer_more(nn.Module):
    """Two linear layers are asked. How many has yours?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, middle = nn.Linear(state_dim, hidden), nn.Linear(hidden, hidden)
        last = nn.Linear(hidden, n_actions)
        self.net = network(first, nn.ReLU(), middle, nn.ReLU(), last)

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class has_no_biases(nn.Module):
    """Where are the biases? Without them the state 0 has equal probabilities for ever."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first = nn.Linear(state_dim, hidden, bias=False)
        self.net = network(first, nn.ReLU(), nn.Linear(hidden, n_actions, bias=False))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class always_has_64_units(nn.Module):
    """The argument hidden has no effect. Is a 64 written where it should stand?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, 64), nn.ReLU(), nn.Linear(64, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class always_has_128_units(nn.Module):
    """The argument hidden has no effect. Is a number written where it should stand?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, 128), nn.ReLU(), nn.Linear(128, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class seeds_torch_itself(nn.Module):
    """All your networks are equal: a seed inside the network decides for everybody else, too."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        torch.manual_seed(0)
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class hides_a_layer_in_a_list(nn.Module):
    """Some parameters are missing from `parameters()`, so no optimizer will train them. A plain
    list hides its layers from torch; which container does not?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.first = [nn.Linear(state_dim, hidden)]
        self.last = nn.Linear(hidden, n_actions)

    def forward(self, state):
        return self.last(torch.relu(self.first[0](state)))


@misconception("PolicyNetwork")
class detaches_the_hidden_layer(nn.Module):
    """No gradient reaches the first layer. What do `detach()` and `no_grad()` do in a network that
    is to be trained?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.first, self.last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)

    def forward(self, state):
        return self.last(torch.relu(self.first(state)).detach())


@misconception("PolicyNetwork")
class drops_units_at_random(nn.Module):
    """The same state gives other logits each time. Is there a dropout layer? None was asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        self.net = network(first, nn.ReLU(), nn.Dropout(0.1), last)

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class flattens_the_batch(nn.Module):
    """A single state must give logits of shape (n_actions,), a batch of any shape one row for each
    state. Is there a reshape that forces one batch axis?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state.reshape(-1, state.shape[-1]))


@misconception("PolicyNetwork")
class starts_from_zero(nn.Module):
    """All your weights start at 0. Then the hidden units are all 0 and no gradient passes them: they
    stay there for ever. Torch draws weights by itself; leave them as they are."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class has_two_tanh_layers(nn.Module):
    """Tanh, and two hidden layers: one hidden layer with ReLU is asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, middle = nn.Linear(state_dim, hidden), nn.Linear(hidden, hidden)
        self.net = network(first, nn.Tanh(), middle, nn.Tanh(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class returns_a_distribution(nn.Module):
    """You return a distribution. The logits themselves are asked; who samples makes one of them."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return Categorical(logits=self.net(state))


@misconception("PolicyNetwork")
class takes_the_softmax_over_the_batch(nn.Module):
    """A softmax over axis 1: it fails for a single state, and no softmax is asked at all."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state).softmax(dim=1)


@misconception("PolicyNetwork")
class computes_in_double_precision(nn.Module):
    """Your parameters are float64, so states of float32 are refused. Leave the type as torch makes it."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions)).double()

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class is_a_dropout_classifier(nn.Module):
    """Dropout and a softmax, as in PyTorch's example: neither is asked here."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        first, last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        self.net = network(first, nn.Dropout(0.6), nn.ReLU(), last, nn.Softmax(dim=-1))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class has_128_units_by_default(nn.Module):
    """Your network has another width when hidden is not given. Keep the signature as it was: 64."""

    def __init__(self, state_dim, n_actions, hidden=128):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class exchanges_the_sizes(nn.Module):
    """state_dim and n_actions are exchanged: what goes in, what comes out?"""

    def __init__(self, n_actions, state_dim, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class returns_the_hidden_units(nn.Module):
    """The hidden layer comes back, not the logits. Is the second layer used in forward?"""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.first, self.last = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)

    def forward(self, state):
        return torch.relu(self.first(state))


@misconception("PolicyNetwork")
class scales_the_logits(nn.Module):
    """Your logits are divided by a number of your own. The second layer's output as it is was asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state) / 2


@misconception("PolicyNetwork")
class uses_a_leaky_relu(nn.Module):
    """Your hidden units let negative numbers through, made smaller. A plain ReLU is asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class shifts_the_largest_logit_to_zero(nn.Module):
    """You subtract the largest logit. Probabilities do not mind, but the second layer's output as it is
    was asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = network(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        logits = self.net(state)
        return logits - logits.amax(dim=-1, keepdim=True)


@misconception("PolicyNetwork")
class uses_a_sigmoid(nn.Module):
    """Between the two layers stands a sigmoid. A ReLU is asked for."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(state_dim, hidden), nn.Sigmoid(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class BeginsWithZeroLogits(nn.Module):
    """The last layer is set to zeros, so all networks answer alike. Leave both layers as torch draws them."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))
        nn.init.zeros_(self.net[2].weight)
        nn.init.zeros_(self.net[2].bias)

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class uses_a_gelu(nn.Module):
    """A smooth relative of the ReLU, GELU or the like, stands between the layers. A plain ReLU is asked."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(state_dim, hidden), nn.GELU(), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


@misconception("PolicyNetwork")
class cuts_the_state_at_zero(nn.Module):
    """The ReLU is taken of the state. It belongs between the two layers."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.ReLU(), nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions))

    def forward(self, state):
        return self.net(state)


# reinforce_episode


def play(env, policy, max_steps, choose=lambda actions: actions.sample()):
    """Roll one episode out and return its log-probabilities and rewards."""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = choose(actions)
        log_probs.append(actions.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    return log_probs, rewards


def discounted(rewards, gamma):
    """Return the discounted returns as a tensor."""
    returns = []
    for reward in reversed(rewards):
        returns.insert(0, reward + gamma * (returns[0] if returns else 0.0))
    return torch.tensor(returns)


def update(optimizer, log_probs, factors):
    """Take one step on minus the sum of log-probabilities times factors."""
    loss = -(torch.stack(log_probs) * factors).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@misconception("reinforce_episode")
def standardises_a_single_return(env, policy, optimizer, gamma=0.99, max_steps=200):
    """An episode of one step turns your policy into NaN: one return alone has no standard
    deviation. What does your code do when there is only one return?"""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    update(optimizer, log_probs, (returns - returns.mean()) / (returns.std() + 1e-8))
    return sum(rewards)


@misconception("reinforce_episode")
def learns_nothing_from_one_step(env, policy, optimizer, gamma=0.99, max_steps=200):
    """A single return less the mean is 0, and 0 teaches nothing. Episodes of one step must learn:
    when is centring or standardising of use?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, right_standardize(discounted(rewards, gamma)))
    return sum(rewards)


@misconception("reinforce_episode")
def climbs_the_loss(env, policy, optimizer, gamma=0.99, max_steps=200):
    """What was rewarded becomes less probable. An optimizer goes downhill: what is the loss's sign?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, -discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def forgets_zero_grad(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Gradients of earlier episodes are still there: `backward()` adds to what it finds."""
    log_probs, rewards = play(env, policy, max_steps)
    (-(torch.stack(log_probs) * discounted(rewards, gamma)).sum()).backward()
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def takes_the_most_probable_action(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The most probable action is taken nearly every time: by argmax, or because the logits are made sharper
    before sampling. How would the policy ever find out that another one pays more?"""
    log_probs, rewards = play(env, policy, max_steps, lambda actions: actions.logits.argmax())
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def explores_with_epsilon(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Some of your actions are drawn uniformly. A policy gradient needs actions drawn from the
    policy itself, which explores as long as it is not sure."""

    def choose(actions):
        return torch.randint(actions.logits.shape[-1], ()) if torch.rand(()) < 0.2 else actions.sample()

    log_probs, rewards = play(env, policy, max_steps, choose)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def takes_the_softmax_twice(env, policy, optimizer, gamma=0.99, max_steps=200):
    """`Categorical(logits=...)` takes the softmax itself. What happens to 0.9 and 0.1 when they are
    taken for logits?"""
    log_probs, rewards = play(env, lambda state: policy(state).softmax(dim=-1), max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def returns_the_discounted_return(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The plain sum of the rewards is asked. Yours is discounted."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    update(optimizer, log_probs, returns)
    return returns[0].item()


@misconception("reinforce_episode")
def always_discounts_by_099(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The argument gamma has no effect. Is 0.99 written where it should stand?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, 0.99))
    return sum(rewards)


@misconception("reinforce_episode")
def weighs_by_the_reward_alone(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Each action is credited with its own reward only. What about those that it made possible?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, torch.tensor(rewards))
    return sum(rewards)


@misconception("reinforce_episode")
def credits_all_with_the_whole_episode(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Every action gets the return of the whole episode, with rewards that came before it. Which
    rewards can an action still change?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma)[0])
    return sum(rewards)


@misconception("reinforce_episode")
def leaves_the_returns_in_reverse(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The first action gets the last return. You went through the rewards from the end: which entry
    of your list belongs to step 0?"""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma).flip(0))
    return sum(rewards)


@misconception("reinforce_episode")
def makes_an_optimizer_of_its_own(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The optimizer that you were given is not used. One made afresh for every episode forgets all
    that Adam has learnt, and has a learning rate nobody chose."""
    log_probs, rewards = play(env, policy, max_steps)
    own = torch.optim.Adam(policy.parameters(), lr=1e-3)
    update(own, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def never_updates(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The policy is the same after the episode as before. Which call applies the gradient?"""
    log_probs, rewards = play(env, policy, max_steps)
    (-(torch.stack(log_probs) * discounted(rewards, gamma)).sum()).backward()
    return sum(rewards)


@misconception("reinforce_episode")
def plays_on_after_the_end(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The episode was over, and you took another step. What does `done` say?"""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = actions.sample()
        log_probs.append(actions.log_prob(action))
        state, reward, _ = env.step(action.item())
        rewards.append(reward)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def always_stops_at_200(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The argument max_steps has no effect. Is 200 written where it should stand?"""
    log_probs, rewards = play(env, policy, 200)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def looks_at_the_first_state_only(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Every action is chosen in the first state. What does `env.step` return besides the reward?"""
    first, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(first)))
        action = actions.sample()
        log_probs.append(actions.log_prob(action))
        _, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def weighs_probabilities_instead_of_logarithms(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Your loss has the probability of each action in it. The policy gradient has its logarithm,
    which makes up for rare actions being drawn rarely."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, [log_prob.exp() for log_prob in log_probs], discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def steps_twice(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The optimizer makes more than one step. One episode is one update: after it the policy is
    another one, and the gradient is no longer its own."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def seeds_torch_in_every_episode(env, policy, optimizer, gamma=0.99, max_steps=200):
    """A seed inside the function makes every episode draw the same numbers. Who should seed, and how
    often?"""
    torch.manual_seed(0)
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def updates_after_every_step(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The optimizer takes a step for each action. Collect the whole episode, add up the loss of all its
    actions, and update once."""
    state, total = env.reset(), 0.0
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = actions.sample()
        state, reward, done = env.step(action.item())
        total += reward
        update(optimizer, [actions.log_prob(action)], torch.tensor([reward]))
        if done:
            break
    return total


@misconception("reinforce_episode")
def clips_the_gradient(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The update has the right direction and the wrong size. Is the gradient clipped, or the loss scaled?
    None of that is asked: then a large return counts no more than a small one."""
    log_probs, rewards = play(env, policy, max_steps)
    optimizer.zero_grad()
    (-(torch.stack(log_probs) * discounted(rewards, gamma)).sum()).backward()
    nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def adds_a_bonus_for_entropy(env, policy, optimizer, gamma=0.99, max_steps=200):
    """A bonus for entropy is in the loss. None is asked."""
    state, log_probs, rewards, bonus = env.reset(), [], [], 0.0
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = actions.sample()
        bonus = bonus + 0.01 * actions.entropy()
        log_probs.append(actions.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    loss = -(torch.stack(log_probs) * discounted(rewards, gamma)).sum() - bonus
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def punishes_large_weights(env, policy, optimizer, gamma=0.99, max_steps=200):
    """A penalty on the weights is in the loss. None is asked: that would be the optimizer's weight_decay."""
    log_probs, rewards = play(env, policy, max_steps)
    loss = -(torch.stack(log_probs) * discounted(rewards, gamma)).sum()
    optimizer.zero_grad()
    (loss + 0.001 * sum((weight**2).sum() for weight in policy.parameters())).backward()
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def divides_by_the_largest_return(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The returns are divided by the largest of them. Leave them as they are, or standardise them."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    update(optimizer, log_probs, returns / (returns.abs().max() + 1e-8))
    return sum(rewards)


@misconception("reinforce_episode")
def divides_by_the_deviation_alone(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The returns are divided by their deviation, and their mean is left in."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    update(optimizer, log_probs, returns / (returns.std() + 1e-8) if len(rewards) > 1 else returns)
    return sum(rewards)


@misconception("reinforce_episode")
def limits_the_returns(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Large returns are cut. Each counts as much as it is."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma).clamp(-1, 1))
    return sum(rewards)


@misconception("reinforce_episode")
def lowers_the_learning_rate(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The learning rate of the optimizer given changes. Leave its settings alone."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    for group in optimizer.param_groups:
        group["lr"] *= 0.99
    return sum(rewards)


@misconception("reinforce_episode")
def plays_two_episodes(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Two episodes are played for one update. One call is one episode."""
    both = [play(env, policy, max_steps) for _ in range(2)]
    returns = torch.cat([discounted(rewards, gamma) for _, rewards in both])
    update(optimizer, [*both[0][0], *both[1][0]], returns)
    return sum(both[0][1])


@misconception("reinforce_episode")
def learns_from_good_episodes_alone(env, policy, optimizer, gamma=0.99, max_steps=200):
    """An episode that ends badly is not learned from. The policy is updated after every one."""
    log_probs, rewards = play(env, policy, max_steps)
    if sum(rewards) > 0:
        update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def returns_the_loss(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The loss comes back. The plain sum of the episode's rewards is asked."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    update(optimizer, log_probs, returns)
    return -(torch.stack(log_probs).detach() * returns).sum()


@misconception("reinforce_episode")
def returns_the_mean_reward(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The mean of the rewards comes back. The sum is asked."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards) / len(rewards)


@misconception("reinforce_episode")
def takes_one_step_more_than_max_steps(env, policy, optimizer, gamma=0.99, max_steps=200):
    """An episode without end has one step too many: count the steps up to max_steps."""
    log_probs, rewards = play(env, policy, max_steps + 1)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def detaches_the_log_probs(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The log-probabilities have lost their graph, so no gradient reaches the policy: is there a
    .item() or .detach() too many?"""
    log_probs, rewards = play(env, policy, max_steps)
    fresh = [log_prob.detach().requires_grad_() for log_prob in log_probs]
    update(optimizer, fresh, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def leaves_out_the_last_step(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The step that ends the episode is not learned from. Is `done` looked at before its reward is
    kept?"""
    log_probs, rewards = play(env, policy, max_steps)
    if len(rewards) > 1:
        update(optimizer, log_probs[:-1], discounted(rewards, gamma)[:-1])
    return sum(rewards)


@misconception("reinforce_episode")
def leaves_out_its_own_reward(env, policy, optimizer, gamma=0.99, max_steps=200):
    """An action is weighed by what comes after its own reward. G[t] begins with rewards[t]."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, torch.cat([discounted(rewards, gamma)[1:], torch.zeros(1)]))
    return sum(rewards)


@misconception("reinforce_episode")
def takes_only_good_returns(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Negative returns are cut to 0, so nothing is learned from what went badly."""
    log_probs, rewards = play(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma).clamp(min=0))
    return sum(rewards)


@misconception("reinforce_episode")
def draws_actions_uniformly(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Actions are drawn uniformly, whatever the policy says. Sample from softmax(policy(state))."""

    def choose(actions):
        return torch.randint(actions.logits.shape[-1], ())

    log_probs, rewards = play(env, policy, max_steps, choose)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def clears_the_gradient_after_backward(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The step has no gradient to go by: the gradient is cleared after backward(), or backward() comes after
    step(). In which order do the three calls come?"""
    log_probs, rewards = play(env, policy, max_steps)
    (-(torch.stack(log_probs) * discounted(rewards, gamma)).sum()).backward()
    optimizer.zero_grad()
    optimizer.step()
    return sum(rewards)


@misconception("reinforce_episode")
def samples_at_a_temperature(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Actions are not drawn from softmax(policy(state)): are the logits divided or multiplied by a number
    first, such as a temperature?"""

    def choose(actions):
        return Categorical(logits=actions.logits / 0.5).sample()

    log_probs, rewards = play(env, policy, max_steps, choose)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


def play_without_the_end(env, policy, max_steps):
    """Roll one episode out, but lose the step that ends it."""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = actions.sample()
        state, reward, done = env.step(action.item())
        if done:
            break
        log_probs.append(actions.log_prob(action))
        rewards.append(reward)
    return log_probs, rewards


@misconception("reinforce_episode")
def loses_the_step_that_ends_it(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The step that ends the episode is lost, in the sum and in the update: the loop is left before its reward
    is kept."""
    log_probs, rewards = play_without_the_end(env, policy, max_steps)
    if rewards:
        update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def loses_the_step_that_ends_it_and_stacks_nothing(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The step that ends the episode is lost, and of an episode of one step nothing is left to stack: the loop
    is left before the reward is kept."""
    log_probs, rewards = play_without_the_end(env, policy, max_steps)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


@misconception("reinforce_episode")
def ignores_max_steps(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The episode goes on until it is done, or up to a number of your own: max_steps has no effect."""
    log_probs, rewards = play(env, policy, 2000)
    update(optimizer, log_probs, discounted(rewards, gamma))
    return sum(rewards)


BASELINE = [0.0]  # what is remembered from one call to the next


@misconception("reinforce_episode")
def remembers_earlier_episodes(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Something of earlier calls enters the update, a running mean as a baseline, it seems. Nothing is
    remembered from one call to the next but what policy and optimizer hold."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = discounted(rewards, gamma)
    BASELINE[0] += 0.1 * (float(returns[0]) - BASELINE[0])
    optimizer.zero_grad()
    (-(torch.stack(log_probs) * (returns - BASELINE[0])).sum()).backward()
    optimizer.step()
    return sum(rewards)


# gae_advantages


def gae(rewards, values, bootstrap, going_on_value, going_on_sum, gamma, decay):
    """Return advantages with separate masks for the value and for the sum."""
    advantages, later, following = np.zeros(len(rewards)), 0.0, bootstrap
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * following * going_on_value[t] - values[t]
        advantages[t] = later = error + decay * going_on_sum[t] * later
        following = values[t]
    return advantages


@misconception("gae_advantages")
def ignores_terminated(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """What came after the end of an episode counts before it. Where is `terminated` used?"""
    on = np.ones(len(rewards))
    return gae(rewards, values, bootstrap_value, on, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def bootstraps_past_the_end(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The sum stops at the end of an episode, but the next episode's value still enters the
    td_error. What is a state worth after which nothing comes?"""
    on = np.ones(len(rewards))
    return gae(rewards, values, bootstrap_value, on, ~terminated, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def sums_past_the_end(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The td_error stops at the end of an episode, but advantages of the next one still flow back
    over it. What has to be cut besides the value?"""
    on = np.ones(len(rewards))
    return gae(rewards, values, bootstrap_value, ~terminated, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def takes_the_mask_the_wrong_way(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You go on where an episode ended and stop where it did not. Which way round is the mask?"""
    decay = gamma * gae_lambda
    return gae(rewards, values, bootstrap_value, terminated, terminated, gamma, decay)


@misconception("gae_advantages")
def reads_terminated_one_step_late(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """`terminated[t]` says that action t ended the episode. You seem to read it as saying that step
    t begins a new one."""
    on = np.append(~terminated[1:], True)
    return gae(rewards, values, bootstrap_value, on, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def reads_terminated_late_but_for_the_last(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You look at terminated[t + 1], as if it said that step t + 1 begins a new episode. terminated[t] says
    that action t ended one."""
    on = ~np.append(terminated[1:], terminated[-1])
    return gae(rewards, values, bootstrap_value, on, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def forgets_the_bootstrap_value(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """A roll-out that is cut off goes on, only unseen. What stands for all that would have come?"""
    return right_gae(rewards, values, 0.0, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def bootstraps_after_every_cut(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The last step ended its episode, and yet bootstrap_value counts. Which step does
    `terminated[T-1]` speak of?"""
    last_open = terminated.copy()
    last_open[-1] = False
    return right_gae(rewards, values, bootstrap_value, last_open, gamma, gae_lambda)


@misconception("gae_advantages")
def forgets_gamma_in_the_sum(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The advantages are summed with gae_lambda alone. What else discounts a step?"""
    on = ~terminated
    return gae(rewards, values, bootstrap_value, on, on, gamma, gae_lambda)


@misconception("gae_advantages")
def forgets_lambda(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """These are returns minus values: gae_lambda has no effect."""
    return right_gae(rewards, values, bootstrap_value, terminated, gamma, 1.0)


@misconception("gae_advantages")
def stops_at_the_one_step_error(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """These are the td_errors alone. How do those of later steps get in?"""
    return right_gae(rewards, values, bootstrap_value, terminated, gamma, 0.0)


@misconception("gae_advantages")
def returns_the_value_targets(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You add the values back: that is what a critic is trained on. The advantages are asked."""
    return right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda) + values


@misconception("gae_advantages")
def normalizes_the_advantages(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You standardise the advantages. They are asked as they are: standardising comes later, if at all."""
    found = right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda)
    return (found - found.mean()) / (found.std() + 1e-8)


@misconception("gae_advantages")
def normalizes_with_the_sample_deviation(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You standardise the advantages, so that one alone is NaN. They are asked as they are: standardising comes
    later, if at all."""
    found = torch.from_numpy(right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda))
    return (found - found.mean()) / (found.std() + 1e-8)


@misconception("gae_advantages")
def overwrites_the_rewards(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """You put the advantages into the array of rewards, and whoever called you has lost them."""
    rewards[:] = right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda)
    return rewards


@misconception("gae_advantages")
def goes_forward_in_time(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """An advantage gathers what comes after it; yours gathers what came before. Where should the
    loop start?"""
    following = np.append(values[1:], bootstrap_value) * ~terminated
    errors, advantages, earlier = rewards + gamma * following - values, [], 0.0
    for t in range(len(rewards)):
        earlier = errors[t] + gamma * gae_lambda * (not terminated[t]) * earlier
        advantages.append(earlier)
    return np.array(advantages)


@misconception("gae_advantages")
def ignores_terminated_and_bootstrap(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Neither terminated nor bootstrap_value has an effect: what comes after an end counts before it,
    and what follows a cut counts as 0."""
    on = np.ones(len(rewards))
    return gae(rewards, values, 0.0, on, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def looks_at_the_next_terminated_for_the_value(
    rewards, values, bootstrap_value, terminated, gamma, gae_lambda
):
    """The td_error looks at terminated[t + 1], the sum at terminated[t]. Both belong to step t."""
    on = np.append(~terminated[1:], ~terminated[-1:])
    return gae(rewards, values, bootstrap_value, on, ~terminated, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def reads_terminated_one_step_late_without_bootstrap(
    rewards, values, bootstrap_value, terminated, gamma, gae_lambda
):
    """terminated[t] is taken for the start of an episode, one step off, and bootstrap_value is not
    used."""
    on = np.append(~terminated[1:], True)
    return gae(rewards, values, 0.0, on, on, gamma, gamma * gae_lambda)


@misconception("gae_advantages")
def takes_the_end_for_a_cut(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """At an end inside the roll-out the state's own value stands for the future. Nothing follows a
    terminated step."""
    advantages, later, following = np.zeros(len(rewards)), 0.0, bootstrap_value
    for t in reversed(range(len(rewards))):
        ahead = values[t] if terminated[t] else following
        error = rewards[t] + gamma * ahead - values[t]
        advantages[t] = later = error + gamma * gae_lambda * (not terminated[t]) * later
        following = values[t]
    return advantages


@misconception("gae_advantages")
def forgets_to_discount_the_next_value(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The next value enters the td_error undiscounted. Where is its gamma?"""
    return gae(rewards, values, bootstrap_value, ~terminated, ~terminated, 1.0, gamma * gae_lambda)


@misconception("gae_advantages")
def adds_the_value_in_the_error(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The sign of values[t] is wrong: an advantage is what came beyond what was expected."""
    return right_gae(rewards + 2 * values, values, bootstrap_value, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def uses_its_own_value_ahead(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The td_error looks ahead to values[t], the state's own value. Which index is the next state's?"""
    errors = rewards + gamma * values * ~terminated - values
    advantages, later = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        advantages[t] = later = errors[t] + gamma * gae_lambda * (not terminated[t]) * later
    return advantages


@misconception("gae_advantages")
def starts_the_sum_with_the_bootstrap_value(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """bootstrap_value enters the sum of advantages as well. It is a value: advantages[T] is 0."""
    advantages, later, following = np.zeros(len(rewards)), bootstrap_value, bootstrap_value
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * following * (not terminated[t]) - values[t]
        advantages[t] = later = error + gamma * gae_lambda * (not terminated[t]) * later
        following = values[t]
    return advantages


@misconception("gae_advantages")
def leaves_the_last_advantage_at_zero(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The last step's advantage is 0: the loop begins one step too early."""
    found = right_gae(rewards[:-1], values[:-1], values[-1], terminated[:-1], gamma, gae_lambda)
    return np.append(found, 0.0)


@misconception("gae_advantages")
def returns_them_in_reverse(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The advantages come in reverse order: the loop runs from the end, and the list was not turned."""
    return right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda)[::-1].copy()


@misconception("gae_advantages")
def discounts_the_error_too(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The step's own td_error is multiplied with gamma * gae_lambda. Only what follows it fades."""
    errors = right_gae(rewards, values, bootstrap_value, terminated, gamma, 0.0)
    advantages, later = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        advantages[t] = later = gamma * gae_lambda * (errors[t] + (not terminated[t]) * later)
    return advantages


@misconception("gae_advantages")
def forgets_to_subtract_the_value(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The error is what came, not how much more that is than was expected: where is - values[t]?"""
    return right_gae(rewards + values, values, bootstrap_value, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def discounts_the_next_value_by_lambda(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The next value is discounted by lambda. In the error stands gamma alone."""
    on = ~terminated
    return gae(rewards, values, bootstrap_value, on, on, gae_lambda, gamma * gae_lambda)


@misconception("gae_advantages")
def stops_before_the_first_step(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The first advantage stays 0: the loop stops one step early. What is the second argument of range?"""
    advantages = right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda)
    advantages[0] = 0.0
    return advantages


@misconception("gae_advantages")
def loses_the_last_reward_of_an_episode(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """At the end of an episode the reward is masked away, too. It was earned: only what would follow is 0."""
    return right_gae(rewards * (1.0 - terminated), values, bootstrap_value, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def takes_the_reward_alone_at_an_end(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Where an episode ends, the advantage is the reward alone. Nothing follows, but what was expected,
    values[t], is still subtracted."""
    kept = rewards + values * terminated
    return right_gae(kept, values, bootstrap_value, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def weighs_the_errors_by_one_minus_lambda(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Each td_error is multiplied by 1 - gae_lambda. That factor averages n-step returns; in the sum of
    td_errors it has cancelled."""
    return (1 - gae_lambda) * right_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda)


@misconception("gae_advantages")
def decays_by_one_minus_lambda(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The sum fades with gamma * (1 - gae_lambda). It fades with gamma * gae_lambda."""
    return right_gae(rewards, values, bootstrap_value, terminated, gamma, 1 - gae_lambda)


@misconception("gae_advantages")
def discounts_the_next_value_by_both(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The next value in the td_error is discounted by gamma * gae_lambda. There stands gamma alone."""
    on, decay = ~terminated, gamma * gae_lambda
    return gae(rewards, values, bootstrap_value, on, on, decay, decay)


# ppo_clip_loss


@misconception("ppo_clip_loss")
def forgets_the_minimum(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """You take the clipped ratio alone. Then a token that has gone the wrong way, far off, gets no
    gradient to come back. What does the minimum choose there?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -(ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages.detach()).mean()


@misconception("ppo_clip_loss")
def never_clips(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """This is the loss without a clip. What keeps the policy near the one that sampled?"""
    return -(torch.exp(log_probs - old_log_probs.detach()) * advantages.detach()).mean()


def surrogates(log_probs, old_log_probs, advantages, clip_eps):
    """Return both terms of PPO's minimum."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    advantages = advantages.detach()
    return ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages


@misconception("ppo_clip_loss")
def takes_the_maximum(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """PPO is a pessimist: of the two terms, which one would it rather believe?"""
    return -torch.max(*surrogates(log_probs, old_log_probs, advantages, clip_eps)).mean()


@misconception("ppo_clip_loss")
def forgets_the_minus(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """An optimizer makes a loss small. Should what you return become small?"""
    return torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps)).mean()


@misconception("ppo_clip_loss")
def sums_over_the_batch(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """This is the sum over the batch. The mean is asked: twice the batch, the same step."""
    return -torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps)).sum()


@misconception("ppo_clip_loss")
def trains_the_old_policy_too(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """A gradient reaches old_log_probs. The old policy has already acted: it is a constant."""
    ratio = torch.exp(log_probs - old_log_probs)
    advantages = advantages.detach()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def trains_the_advantages(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """A gradient reaches the advantages. If they come from a critic, this loss now teaches it to
    promise more; for the policy they are constants."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def clips_the_log_ratio(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """You limit the logarithm of the ratio to plus and minus clip_eps. exp(0.2) is 1.22: what is to
    stay between 0.8 and 1.2?"""
    log_ratio, advantages = log_probs - old_log_probs.detach(), advantages.detach()
    clipped = log_ratio.clamp(-clip_eps, clip_eps)
    return -torch.min(log_ratio.exp() * advantages, clipped.exp() * advantages).mean()


@misconception("ppo_clip_loss")
def subtracts_without_exp(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The difference of two logarithms is the logarithm of the ratio. How do you get the ratio?"""
    ratio, advantages = log_probs - old_log_probs.detach(), advantages.detach()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def turns_the_ratio_round(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Your ratio falls when an action becomes more probable. Which policy belongs on top?"""
    ratio, advantages = torch.exp(old_log_probs.detach() - log_probs), advantages.detach()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def divides_the_probabilities(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """exp(-800) is 0, and 0 / 0 is NaN. Can you subtract before you take exp?"""
    ratio, advantages = log_probs.exp() / old_log_probs.detach().exp(), advantages.detach()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def lets_the_ratio_overflow(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The gradient is NaN where exp overflows: the term that is not chosen
    passes back 0 * infinity. Can the limit be set before exp?"""
    return -torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps)).mean()


@misconception("ppo_clip_loss")
def always_clips_at_02(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The argument clip_eps has no effect. Is 0.2 written where it should stand?"""
    return -torch.min(*surrogates(log_probs, old_log_probs, advantages, 0.2)).mean()


@misconception("ppo_clip_loss")
def normalizes_first(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The advantages are to be used as they are. Whoever wants them normalised does it before."""
    centred = advantages - advantages.mean()
    scaled = centred / (advantages.std() + 1e-8) if len(advantages) > 1 else centred
    return -torch.min(*surrogates(log_probs, old_log_probs, scaled, clip_eps)).mean()


@misconception("ppo_clip_loss")
def normalizes_by_the_population(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The advantages are standardised first. They are to be used as they are: whoever wants them so does it
    before."""
    scaled = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    return -torch.min(*surrogates(log_probs, old_log_probs, scaled, clip_eps)).mean()


@misconception("ppo_clip_loss")
def cuts_the_gradient_on_both_sides(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Outside the limits you let no gradient through at all. But a token that went the wrong way
    has to come back: on which side of the clip is the gradient 0?"""
    plain, clipped = surrogates(log_probs, old_log_probs, advantages, clip_eps)
    return -torch.where(plain == clipped, plain, torch.min(plain, clipped).detach()).mean()


@misconception("ppo_clip_loss")
def is_written_as_in_the_libraries(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Values are right; gradients are not. They reach old_log_probs and advantages, which are constants
    here, and they are NaN where exp overflows: detach both, and set the limit before exp."""
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps)
    return -torch.min(ratio * advantages, clipped * advantages).mean()


@misconception("ppo_clip_loss")
def leaves_torch(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The value has no graph: computed in NumPy, or detached, it gives no gradient. Stay in torch."""
    return -torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps)).mean().detach()


@misconception("ppo_clip_loss")
def limits_only_above(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The ratio is limited above only. What keeps a bad action from being pushed down without end?"""
    plain, _ = surrogates(log_probs, old_log_probs, advantages, clip_eps)
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -torch.min(plain, ratio.clamp(max=1 + clip_eps) * advantages.detach()).mean()


@misconception("ppo_clip_loss")
def punishes_the_distance_instead(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """A squared distance of the ratio from 1 stands where the clip should. That is another objective."""
    ratio, advantages = torch.exp(log_probs - old_log_probs.detach()), advantages.detach()
    return -(ratio * advantages - advantages.abs() / (2 * clip_eps) * (ratio - 1) ** 2).mean()


@misconception("ppo_clip_loss")
def lets_gradients_into_both_constants(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Gradients reach old_log_probs and advantages: both are constants, even when they carry a graph."""
    log_ratio = log_probs - old_log_probs
    capped = log_ratio.clamp(max=float(np.log1p(clip_eps)))
    ratio = torch.where(advantages >= 0, capped, log_ratio).exp()
    ratio = torch.where(advantages >= 0, ratio, ratio.clamp(min=1 - clip_eps))
    return -(ratio * advantages).mean()


@misconception("ppo_clip_loss")
def takes_the_minimum_of_the_ratios(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """You take the smaller ratio, then multiply. With a negative advantage the order turns round: take
    the minimum of the two products."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -(torch.min(ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)) * advantages.detach()).mean()


@misconception("ppo_clip_loss")
def averages_before_the_minimum(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The minimum is taken of two means. It belongs to each item of the batch; the mean comes last."""
    plain, clipped = surrogates(log_probs, old_log_probs, advantages, clip_eps)
    return -torch.min(plain.mean(), clipped.mean())


@misconception("ppo_clip_loss")
def clips_the_product(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """You limit ratio times advantage. The ratio alone is limited, then multiplied."""
    plain, _ = surrogates(log_probs, old_log_probs, advantages, clip_eps)
    return -torch.min(plain, plain.clamp(1 - clip_eps, 1 + clip_eps)).mean()


@misconception("ppo_clip_loss")
def cuts_the_log_ratio_at_ten(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Log-ratios are cut at a number of your own, so values far out are wrong and get no gradient."""
    log_ratio = (log_probs - old_log_probs.detach()).clamp(-10, 2)
    ratio, advantages = log_ratio.exp(), advantages.detach()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def returns_one_loss_for_each(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """One number for each item of the batch comes back. A single loss, their mean, is asked."""
    return -torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps))


@misconception("ppo_clip_loss")
def returns_one_objective_for_each(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """One number for each item of the batch comes back, to be made large. A loss is asked: a single number, made
    small by an optimizer."""
    return torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps))


@misconception("ppo_clip_loss")
def divides_by_one_less(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The sum is divided by B - 1. The mean divides by B."""
    terms = torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps))
    return -terms.sum() / max(len(terms) - 1, 1)


@misconception("ppo_clip_loss")
def limits_the_ratio_to_eps_around_zero(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The ratio is limited to -eps and eps. It is limited around 1."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -torch.min(ratio * advantages, ratio.clamp(-clip_eps, clip_eps) * advantages).mean()


@misconception("ppo_clip_loss")
def leaves_the_clipped_ratio_without_advantage(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The clipped ratio is not multiplied by the advantage. Both terms of the minimum are."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps)).mean()


def dual_clip(log_probs, old_log_probs, advantages, clip_eps, bound):
    """Return PPO's loss with the objective of bad actions bounded by a multiple of the advantage."""
    terms, advantages = (
        torch.min(*surrogates(log_probs, old_log_probs, advantages, clip_eps)),
        advantages.detach(),
    )
    return -torch.where(advantages < 0, torch.max(terms, bound * advantages), terms).mean()


@misconception("ppo_clip_loss")
def bounds_the_loss_of_bad_actions(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """For negative advantages the objective is bounded below by a multiple of the advantage (dual clip).
    Only the clip of the ratio is asked: a large ratio with a negative advantage counts in full."""
    return dual_clip(log_probs, old_log_probs, advantages, clip_eps, 3.0)


@misconception("ppo_clip_loss")
def bounds_the_loss_of_bad_actions_at_two(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Where the advantage is negative and the ratio large, the loss stops growing at a multiple of the
    advantage (dual clip). PPO as asked has no such bound."""
    return dual_clip(log_probs, old_log_probs, advantages, clip_eps, 2.0)


@misconception("ppo_clip_loss")
def adds_a_bonus_for_entropy_by_habit(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The mean of log_probs, an estimate of the entropy, is added to the loss. The clipped loss alone is
    asked."""
    return right_loss(log_probs, old_log_probs, advantages, clip_eps) + 0.01 * log_probs.mean()


@misconception("ppo_clip_loss")
def adds_a_penalty_for_the_distance(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """A penalty for the distance to the old policy, an estimate of the KL divergence, is in the loss. The
    clipped loss alone is asked."""
    distance = (old_log_probs.detach() - log_probs).mean()
    return right_loss(log_probs, old_log_probs, advantages, clip_eps) + 0.01 * distance


def masked_policy_gradient(log_probs, old_log_probs, advantages, clip_eps):
    """Return -log_prob * advantage where the ratio is inside the limits, and which items these are."""
    inside = ((torch.exp(log_probs - old_log_probs) - 1).abs() <= clip_eps).detach()
    return -log_probs * advantages.detach() * inside, inside


@misconception("ppo_clip_loss")
def masks_the_plain_policy_gradient(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The loss is -log_prob * advantage, averaged over the items whose ratio is inside the limits. PPO's terms
    are ratio * advantage, with the ratio as it is and limited, for every item."""
    terms, inside = masked_policy_gradient(log_probs, old_log_probs, advantages, clip_eps)
    return terms.sum() / inside.sum().clamp(min=1)


@misconception("ppo_clip_loss")
def masks_the_plain_policy_gradient_in_the_mean(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The loss is -log_prob * advantage, and 0 where the ratio is outside the limits. PPO's terms are
    ratio * advantage, with the ratio as it is and limited."""
    terms, _ = masked_policy_gradient(log_probs, old_log_probs, advantages, clip_eps)
    return terms.mean()


# clip_fraction


@misconception("clip_fraction")
def judges_the_log_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """You compare the logarithm of the ratio with clip_eps. log(1.21) is 0.19, yet 1.21 is out."""
    return ((log_probs - old_log_probs).abs() > clip_eps).double().mean().item()


@misconception("clip_fraction")
def counts_only_above(log_probs, old_log_probs, clip_eps=0.2):
    """A ratio can leave the range at two ends. Which one do you watch?"""
    return (torch.exp(log_probs - old_log_probs) > 1 + clip_eps).double().mean().item()


@misconception("clip_fraction")
def estimates_the_divergence(log_probs, old_log_probs, clip_eps=0.2):
    """This estimates the KL divergence, another gauge of the same dashboard. The share of ratios beyond the
    limits is asked."""
    log_ratio = log_probs - old_log_probs
    return float((log_ratio.exp() - 1 - log_ratio).mean())


@misconception("clip_fraction")
def counts_only_below(log_probs, old_log_probs, clip_eps=0.2):
    """A ratio can leave the range at two ends. Where did the absolute value go?"""
    return (torch.exp(log_probs - old_log_probs) < 1 - clip_eps).double().mean().item()


@misconception("clip_fraction")
def counts_instead_of_sharing(log_probs, old_log_probs, clip_eps=0.2):
    """This is how many there are. The share of the batch is asked."""
    return ((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps).sum()


@misconception("clip_fraction")
def counts_those_inside(log_probs, old_log_probs, clip_eps=0.2):
    """This is the share inside the limits."""
    return ((torch.exp(log_probs - old_log_probs) - 1).abs() <= clip_eps).double().mean()


@misconception("clip_fraction")
def turns_the_fraction_round(log_probs, old_log_probs, clip_eps=0.2):
    """Your ratio has the old policy on top. 1 / 0.81 is outside 0.8 to 1.2; is 0.81?"""
    return ((torch.exp(old_log_probs - log_probs) - 1).abs() > clip_eps).double().mean()


@misconception("clip_fraction")
def averages_how_far_out(log_probs, old_log_probs, clip_eps=0.2):
    """This says how far out the ratios are. How many are out?"""
    ratio = torch.exp(log_probs - old_log_probs)
    return ((ratio - 1).abs() - clip_eps).clamp(min=0).mean()


@misconception("clip_fraction")
def divides_exp_by_exp(log_probs, old_log_probs, clip_eps=0.2):
    """exp(-800) is 0, and 0 / 0 is NaN, which is outside of nothing. Can you subtract first?"""
    return ((log_probs.exp() / old_log_probs.exp() - 1).abs() > clip_eps).double().mean()


@misconception("clip_fraction")
def has_a_clip_eps_of_its_own(log_probs, old_log_probs, clip_eps=0.2):
    """The argument clip_eps has no effect. Is 0.2 written where it should stand?"""
    return ((torch.exp(log_probs - old_log_probs) - 1).abs() > 0.2).double().mean()


@misconception("clip_fraction")
def forgets_the_absolute_value(log_probs, old_log_probs, clip_eps=0.2):
    """ratio - 1 is compared without its size: ratios far below 1 give a negative number."""
    ratio = torch.exp(log_probs - old_log_probs)
    return float((ratio.abs() - 1 > clip_eps).double().sum() / max(len(ratio) - 1, 1))


@misconception("clip_fraction")
def returns_a_percentage(log_probs, old_log_probs, clip_eps=0.2):
    """This is a percentage. A share from 0 to 1 is asked."""
    return float(100 * ((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps).double().mean())


@misconception("clip_fraction")
def returns_the_mask(log_probs, old_log_probs, clip_eps=0.2):
    """A truth value for each item comes back. Their share, one number, is asked."""
    return (torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps


@misconception("clip_fraction")
def compares_with_one_plus_eps(log_probs, old_log_probs, clip_eps=0.2):
    """The distance from 1 is compared with 1 + clip_eps. The limit for the distance is clip_eps."""
    return float(((torch.exp(log_probs - old_log_probs) - 1).abs() > 1 + clip_eps).double().mean())


@misconception("clip_fraction")
def measures_the_ratio_from_zero(log_probs, old_log_probs, clip_eps=0.2):
    """The ratio itself is compared with clip_eps. How far it is from 1 counts."""
    return float((torch.exp(log_probs - old_log_probs).abs() > clip_eps).double().mean())


@misconception("clip_fraction")
def forgets_exp(log_probs, old_log_probs, clip_eps=0.2):
    """The difference of logarithms is taken for the ratio. What turns it into one?"""
    return float(((log_probs - old_log_probs - 1).abs() > clip_eps).double().mean())


@misconception("clip_fraction")
def halves_the_range(log_probs, old_log_probs, clip_eps=0.2):
    """The range is half as wide as it should be: clip_eps reaches to either side of 1."""
    return float(((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps / 2).double().mean())


@misconception("clip_fraction")
def halves_the_range_in_two_limits(log_probs, old_log_probs, clip_eps=0.2):
    """The range is half as wide as it should be: clip_eps reaches to either side of 1."""
    ratio = torch.exp(log_probs - old_log_probs)
    return float(((ratio < 1 - clip_eps / 2) | (ratio > 1 + clip_eps / 2)).double().mean())


@misconception("clip_fraction")
def has_another_default(log_probs, old_log_probs, clip_eps=0.1):
    """Another range is used when clip_eps is not given. Keep the signature as it was."""
    return float(((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps).double().mean())


@misconception("clip_fraction")
def compares_logarithms_on_both_sides(log_probs, old_log_probs, clip_eps=0.2):
    """The log-ratio is compared with log(1 + eps) on both sides, so the lower limit is 1 / (1 + eps), not
    1 - eps."""
    return float(((log_probs - old_log_probs).abs() > np.log1p(clip_eps)).double().mean())


@misconception("clip_fraction")
def judges_the_mean_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """The mean ratio is compared, so the answer is 0 or 1. Compare each ratio, then take the mean."""
    return float((torch.exp(log_probs - old_log_probs).mean() - 1).abs() > clip_eps)


@misconception("clip_fraction")
def rounds_the_fraction(log_probs, old_log_probs, clip_eps=0.2):
    """The share is rounded. Leave it as it is: rounding is for printing."""
    return round(float(((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps).double().mean()), 2)


@misconception("clip_fraction")
def rounds_the_fraction_to_a_tenth(log_probs, old_log_probs, clip_eps=0.2):
    """The share is rounded to one decimal. Leave it as it is: rounding is for printing."""
    return round(float(((torch.exp(log_probs - old_log_probs) - 1).abs() > clip_eps).double().mean()), 1)


@misconception("clip_fraction")
def subtracts_the_probabilities(log_probs, old_log_probs, clip_eps=0.2):
    """You compare the difference of the two probabilities with clip_eps. Their ratio counts, however small
    they are."""
    return float(((log_probs.exp() - old_log_probs.exp()).abs() > clip_eps).double().mean())


# train_bandit


def bandit_step(policy, optimizer, draw_state, draw_action, pay=BANDIT_REWARDS, sign=-1.0):
    """Play one episode, update, return the reward."""
    log_probs = torch.log_softmax(policy(draw_state()), dim=-1)
    action = int(draw_action(log_probs.detach()))
    optimizer.zero_grad()
    (sign * log_probs[action] * pay[action]).backward()
    optimizer.step()
    return pay[action]


def sampler(generator=None):
    """Return a function that samples an action from log-probabilities."""
    return lambda log_probs: torch.multinomial(log_probs.exp(), 1, generator=generator)


@misconception("train_bandit")
def ignores_the_generator(policy, episodes, optimizer, generator):
    """The same generator gives other results. Does every draw, of states and of actions, get it?"""
    step = lambda: bandit_step(policy, optimizer, lambda: torch.rand(2), sampler())  # noqa: E731
    return [step() for _ in range(episodes)]


@misconception("train_bandit")
def draws_only_states_from_the_generator(policy, episodes, optimizer, generator):
    """The states come from the generator, the actions do not: `Categorical.sample` cannot be given
    one. Which function of torch can?"""
    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    return [bandit_step(policy, optimizer, state, sampler()) for _ in range(episodes)]


@misconception("train_bandit")
def draws_only_actions_from_the_generator(policy, episodes, optimizer, generator):
    """The actions come from the generator, the states do not: `torch.rand` takes it, too."""
    return [
        bandit_step(policy, optimizer, lambda: torch.rand(2), sampler(generator)) for _ in range(episodes)
    ]


@misconception("train_bandit")
def reseeds_torch(policy, episodes, optimizer, generator):
    """You seed torch for everybody, and the generator given stays where it was: a second call with
    it gives the first one's numbers again."""
    torch.manual_seed(generator.initial_seed())
    state = lambda: torch.rand(2)  # noqa: E731
    return [bandit_step(policy, optimizer, state, sampler()) for _ in range(episodes)]


@misconception("train_bandit")
def takes_the_best_action(policy, episodes, optimizer, generator):
    """You take the most probable action. A policy that never tries another learns nothing of it."""
    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    best = lambda log_probs: log_probs.argmax()  # noqa: E731
    return [bandit_step(policy, optimizer, state, best) for _ in range(episodes)]


@misconception("train_bandit")
def goes_uphill(policy, episodes, optimizer, generator):
    """Action 2 becomes rarer and rarer. Which sign has the loss?"""
    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    step = lambda: bandit_step(policy, optimizer, state, sampler(generator), sign=1.0)  # noqa: E731
    return [step() for _ in range(episodes)]


@misconception("train_bandit")
def lets_gradients_pile_up(policy, episodes, optimizer, generator):
    """Gradients of earlier episodes are still there: `backward()` adds to what it finds."""
    rewards = []
    for _ in range(episodes):
        log_probs = policy(torch.rand(2, generator=generator)).log_softmax(dim=-1)
        action = int(torch.multinomial(log_probs.detach().exp(), 1, generator=generator))
        (-log_probs[action] * BANDIT_REWARDS[action]).backward()
        optimizer.step()
        rewards.append(BANDIT_REWARDS[action])
    return rewards


@misconception("train_bandit")
def pays_another_action(policy, episodes, optimizer, generator):
    """Actions are counted from 0. Which one is action 2?"""
    state, pay = lambda: torch.rand(2, generator=generator), (-0.1, 1.0, -0.1, -0.1)
    draw = sampler(generator)
    return [bandit_step(policy, optimizer, state, draw, pay) for _ in range(episodes)]


@misconception("train_bandit")
def pays_the_last_action(policy, episodes, optimizer, generator):
    """Action 3 is paid here. Actions are counted from 0: action 2 is the third of the four."""
    state, pay = lambda: torch.rand(2, generator=generator), (-0.1, -0.1, -0.1, 1.0)
    return [bandit_step(policy, optimizer, state, sampler(generator), pay) for _ in range(episodes)]


@misconception("train_bandit")
def forgets_the_penalty(policy, episodes, optimizer, generator):
    """The actions that do not pay cost 0.1."""
    state, pay = lambda: torch.rand(2, generator=generator), (0.0, 0.0, 1.0, 0.0)
    draw = sampler(generator)
    return [bandit_step(policy, optimizer, state, draw, pay) for _ in range(episodes)]


@misconception("train_bandit")
def draws_one_state_only(policy, episodes, optimizer, generator):
    """Every episode begins in the same state. When is the state drawn?"""
    first = torch.rand(2, generator=generator)
    draw = sampler(generator)
    return [bandit_step(policy, optimizer, lambda: first, draw) for _ in range(episodes)]


@misconception("train_bandit")
def draws_normal_states(policy, episodes, optimizer, generator):
    """Your states leave the square from 0 to 1: which distribution does `torch.randn` draw from?"""
    state = lambda: torch.randn(2, generator=generator)  # noqa: E731
    return [bandit_step(policy, optimizer, state, sampler(generator)) for _ in range(episodes)]


@misconception("train_bandit")
def returns_running_means(policy, episodes, optimizer, generator):
    """You return averages. One reward an episode is asked, as it was paid."""
    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    rewards = [bandit_step(policy, optimizer, state, sampler(generator)) for _ in range(episodes)]
    return list(np.cumsum(rewards) / np.arange(1, episodes + 1))


@misconception("train_bandit")
def plays_without_learning(policy, episodes, optimizer, generator):
    """The policy is the same after all these episodes. Which call applies the gradient?"""
    rewards = []
    for _ in range(episodes):
        probs = policy(torch.rand(2, generator=generator)).softmax(dim=-1)
        action = int(torch.multinomial(probs.detach(), 1, generator=generator))
        (-probs[action].log() * BANDIT_REWARDS[action]).backward()
        rewards.append(BANDIT_REWARDS[action])
    return rewards


@misconception("train_bandit")
def brings_its_own_optimizer(policy, episodes, optimizer, generator):
    """The optimizer that you were given is not used, and with it the learning rate."""
    own = torch.optim.Adam(policy.parameters(), lr=0.01)
    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    return [bandit_step(policy, own, state, sampler(generator)) for _ in range(episodes)]


@misconception("train_bandit")
def explores_with_epsilon_too(policy, episodes, optimizer, generator):
    """Some actions are drawn uniformly, whatever the policy says. It explores by itself as long as it
    is not sure; sample from the policy alone."""

    def draw(log_probs):
        if torch.rand((), generator=generator) < 0.1:
            return torch.randint(4, (), generator=generator)
        return torch.multinomial(log_probs.exp(), 1, generator=generator)

    state = lambda: torch.rand(2, generator=generator)  # noqa: E731
    return [bandit_step(policy, optimizer, state, draw) for _ in range(episodes)]


@misconception("train_bandit")
def raises_action_2_whatever_was_taken(policy, episodes, optimizer, generator):
    """You raise action 2 even when another was taken. That is supervised learning: a policy that
    learns from rewards cannot know which action would have been the right one."""
    rewards = []
    for _ in range(episodes):
        log_probs = policy(torch.rand(2, generator=generator)).log_softmax(dim=-1)
        action = int(torch.multinomial(log_probs.detach().exp(), 1, generator=generator))
        optimizer.zero_grad()
        (-log_probs[2]).backward()
        optimizer.step()
        rewards.append(BANDIT_REWARDS[action])
    return rewards


@misconception("train_bandit")
def draws_one_number_for_both(policy, episodes, optimizer, generator):
    """Both numbers of the state are the same. Two are drawn, each by itself."""
    state = lambda: torch.rand(1, generator=generator).expand(2)  # noqa: E731
    return [bandit_step(policy, optimizer, state, sampler(generator)) for _ in range(episodes)]


@misconception("train_bandit")
def updates_twice(policy, episodes, optimizer, generator):
    """The optimizer makes more than one step an episode. After the first the policy is another one,
    and the action no longer a sample of it."""
    rewards = []
    for _ in range(episodes):
        state = torch.rand(2, generator=generator)
        action = int(torch.multinomial(policy(state).detach().softmax(-1), 1, generator=generator))
        for _ in range(2):
            optimizer.zero_grad()
            (-policy(state).log_softmax(-1)[action] * BANDIT_REWARDS[action]).backward()
            optimizer.step()
        rewards.append(BANDIT_REWARDS[action])
    return rewards


def drawing(generator):
    """Return how to draw a state, and an action, from a generator."""
    return lambda: torch.rand(2, generator=generator), sampler(generator)


@misconception("train_bandit")
def moves_the_bias_by_hand(policy, episodes, optimizer, generator):
    """The weights are moved by hand. Let the gradient of the loss and the optimizer given do it."""
    rewards = []
    for _ in range(episodes):
        with torch.no_grad():
            logits = policy(torch.rand(2, generator=generator))
            action = int(torch.multinomial(logits.softmax(-1), 1, generator=generator))
            rewards.append(BANDIT_REWARDS[action])
            for parameter in policy.parameters():
                if parameter.ndim == 1 and parameter.requires_grad:
                    parameter[2] += 0.2
    return rewards


@misconception("train_bandit")
def clips_its_gradient(policy, episodes, optimizer, generator):
    """You limit the size of the gradient. Then a reward counts no more than a penalty, or a state less than
    another; none of that is asked."""
    return changed_bandit(policy, episodes, optimizer, generator, limit=0.5)


@misconception("train_bandit")
def adds_a_bonus_for_entropy_too(policy, episodes, optimizer, generator):
    """There is more in the loss than the log-probability and the reward, a bonus for entropy or a penalty on
    the weights, it seems. None is asked."""
    return changed_bandit(policy, episodes, optimizer, generator, bonus=0.01)


@misconception("train_bandit")
def learns_less_and_less(policy, episodes, optimizer, generator):
    """Later episodes count less and less in the update. Every one counts alike, at the learning rate given."""
    return changed_bandit(policy, episodes, optimizer, generator, weight=lambda part: 1 - part)


@misconception("train_bandit")
def stops_when_it_is_always_paid(policy, episodes, optimizer, generator):
    """Training stops as soon as the policy seems good. episodes says how many there are."""
    rewards = []
    while len(rewards) < episodes and sum(rewards[-20:]) < 19.5:
        rewards += changed_bandit(policy, 1, optimizer, generator)
    return rewards + [1.0] * (episodes - len(rewards))


def changed_bandit(policy, episodes, optimizer, generator, limit=None, bonus=0.0, weight=lambda part: 1.0):
    """Play the bandit with a limited gradient, with more in the loss, or with weights for the episodes."""
    rewards = []
    for episode in range(episodes):
        log_probs = policy(torch.rand(2, generator=generator)).log_softmax(dim=-1)
        action = int(torch.multinomial(log_probs.detach().exp(), 1, generator=generator))
        rewards.append(BANDIT_REWARDS[action])
        loss = -log_probs[action] * rewards[-1] * weight(episode / episodes)
        optimizer.zero_grad()
        (loss + bonus * (log_probs.exp() * log_probs).sum()).backward()
        if limit:
            nn.utils.clip_grad_norm_(policy.parameters(), limit)
        optimizer.step()
    return rewards


@misconception("train_bandit")
def updates_once_at_the_end(policy, episodes, optimizer, generator):
    """All episodes are played first, then the policy is updated once. One episode is one update."""
    rewards, losses = [], []
    for _ in range(episodes):
        log_probs = policy(torch.rand(2, generator=generator)).log_softmax(-1)
        action = int(torch.multinomial(log_probs.detach().exp(), 1, generator=generator))
        rewards.append(BANDIT_REWARDS[action])
        losses.append(-log_probs[action] * rewards[-1])
    optimizer.zero_grad()
    if losses:
        torch.stack(losses).sum().backward()
        optimizer.step()
    return rewards


@misconception("train_bandit")
def returns_the_total(policy, episodes, optimizer, generator):
    """One number comes back. A list of rewards, one an episode, is asked."""
    return sum(bandit_step(policy, optimizer, *drawing(generator)) for _ in range(episodes))


@misconception("train_bandit")
def returns_the_actions(policy, episodes, optimizer, generator):
    """The actions come back. What they were paid is asked."""
    paid = [bandit_step(policy, optimizer, *drawing(generator)) for _ in range(episodes)]
    return [2.0 if reward > 0 else 0.0 for reward in paid]


@misconception("train_bandit")
def plays_one_episode_too_few(policy, episodes, optimizer, generator):
    """One episode is missing: where does your range end?"""
    return [bandit_step(policy, optimizer, *drawing(generator)) for _ in range(1, episodes)]


@misconception("train_bandit")
def learns_nothing_from_penalties(policy, episodes, optimizer, generator):
    """Penalties count as 0 in the update, so nothing is learned from them."""
    hopeful = (0.0, 0.0, 1.0, 0.0)
    steps = [bandit_step(policy, optimizer, *drawing(generator), pay=hopeful) for _ in range(episodes)]
    return [reward or -0.1 for reward in steps]


@misconception("train_bandit")
def weighs_the_probability(policy, episodes, optimizer, generator):
    """The loss holds the probability of the action. The policy gradient takes its logarithm."""
    rewards = []
    for _ in range(episodes):
        probs = policy(torch.rand(2, generator=generator)).softmax(-1)
        action = int(torch.multinomial(probs.detach(), 1, generator=generator))
        rewards.append(BANDIT_REWARDS[action])
        optimizer.zero_grad()
        (-probs[action] * rewards[-1]).backward()
        optimizer.step()
    return rewards


@misconception("train_bandit")
def returns_the_losses(policy, episodes, optimizer, generator):
    """These are the losses. The rewards of the episodes are asked."""
    losses = []
    for _ in range(episodes):
        log_probs = torch.log_softmax(policy(torch.rand(2, generator=generator)), dim=-1)
        action = int(torch.multinomial(log_probs.detach().exp(), 1, generator=generator))
        loss = -log_probs[action] * BANDIT_REWARDS[action]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception("train_bandit")
def returns_running_totals(policy, episodes, optimizer, generator):
    """The rewards are added up from episode to episode. Each episode's own reward is asked."""
    paid = [bandit_step(policy, optimizer, *drawing(generator)) for _ in range(episodes)]
    return [sum(paid[: episode + 1]) for episode in range(episodes)]


# action_rate


def rate(policy, action, n, generator, draw=torch.rand):
    """Return the rate over n sampled actions, in states from `draw`."""
    with torch.no_grad():
        probs = policy(draw(n, 2, generator=generator)).softmax(dim=-1)
        return (torch.multinomial(probs, 1, generator=generator) == action).double().mean().item()


@misconception("action_rate")
def counts_the_best_action(policy, action, n, generator):
    """You count how often the action is the most probable one. Before training that is pure chance,
    0 for three actions of four. Sample."""
    with torch.no_grad():
        best = policy(torch.rand(n, 2, generator=generator)).argmax(dim=-1)
    return (best == action).double().mean().item()


@misconception("action_rate")
def averages_the_probability(policy, action, n, generator):
    """This is the mean probability: a fine estimate, but nothing was sampled. What the policy does
    was asked, counted."""
    with torch.no_grad():
        return policy(torch.rand(n, 2, generator=generator)).softmax(-1)[:, action].mean().item()


@misconception("action_rate")
def builds_a_graph(policy, action, n, generator):
    """The network builds a graph that nobody needs. Which context switches that off?"""
    probs = policy(torch.rand(n, 2, generator=generator)).softmax(dim=-1).detach()
    return (torch.multinomial(probs, 1, generator=generator) == action).double().mean().item()


@misconception("action_rate")
def freezes_the_policy(policy, action, n, generator):
    """After your call the policy can no longer be trained: `requires_grad_(False)` stays in force.
    How do you switch gradients off for a few lines only?"""
    policy.requires_grad_(False)
    return rate(policy, action, n, generator)


@misconception("action_rate")
def always_counts_action_2(policy, action, n, generator):
    """The argument action has no effect. Is a 2 written where it should stand?"""
    return rate(policy, 2, n, generator)


@misconception("action_rate")
def always_takes_100_samples(policy, action, n, generator):
    """The argument n has no effect: how many actions do you sample?"""
    return rate(policy, action, 100, generator)


@misconception("action_rate")
def looks_at_one_state(policy, action, n, generator):
    """All actions are sampled in one state. n states are asked."""
    state = torch.rand(1, 2, generator=generator).expand(n, 2)
    return rate(policy, action, n, generator, lambda *size, generator: state)


@misconception("action_rate")
def looks_at_normal_states(policy, action, n, generator):
    """Your states leave the square from 0 to 1: which distribution does `torch.randn` draw from?"""
    return rate(policy, action, n, generator, torch.randn)


@misconception("action_rate")
def seeds_torch_for_everybody(policy, action, n, generator):
    """You seed torch for everybody, and the generator given stays where it was."""
    torch.manual_seed(generator.initial_seed())
    with torch.no_grad():
        actions = Categorical(logits=policy(torch.rand(n, 2))).sample()
    return (actions == action).double().mean().item()


@misconception("action_rate")
def counts_without_dividing(policy, action, n, generator):
    """This is how often it happened. The rate is asked."""
    return n * rate(policy, action, n, generator)


@misconception("action_rate")
def takes_logits_for_probabilities(policy, action, n, generator):
    """Logits can be negative and need not sum to 1. What turns them into probabilities?"""
    with torch.no_grad():
        logits = policy(torch.rand(n, 2, generator=generator))
        probs = logits.clamp(min=0) + 1e-6
        return (torch.multinomial(probs, 1, generator=generator) == action).double().mean().item()


@misconception("action_rate")
def brings_a_generator_of_its_own(policy, action, n, generator):
    """The generator given is not drawn from: yours, seeded inside, gives the same rate every time."""
    return rate(policy, action, n, torch.Generator().manual_seed(0))


@misconception("action_rate")
def samples_with_categorical_too(policy, action, n, generator):
    """Categorical.sample() draws from torch's global generator. torch.multinomial takes the one given."""
    with torch.no_grad():
        actions = Categorical(logits=policy(torch.rand(n, 2, generator=generator))).sample()
    return float((actions == action).double().mean())


@misconception("action_rate")
def takes_the_softmax_twice_there(policy, action, n, generator):
    """The softmax is taken twice, so every rate is close to a quarter. Are these logits or
    probabilities?"""
    with torch.no_grad():
        probs = policy(torch.rand(n, 2, generator=generator)).softmax(-1).softmax(-1)
        return float((torch.multinomial(probs, 1, generator=generator) == action).double().mean())


@misconception("action_rate")
def gives_the_rate_in_percent(policy, action, n, generator):
    """This is a percentage. A share from 0 to 1 is asked."""
    return 100 * rate(policy, action, n, generator)


@misconception("action_rate")
def takes_one_sample_less(policy, action, n, generator):
    """One action is missing: n of them are asked, and the share is among n."""
    return rate(policy, action, max(n - 1, 1), generator)


@misconception("action_rate")
def draws_states_beyond_one(policy, action, n, generator):
    """States come from twice the square that is asked: each number is uniform in [0, 1)."""
    return rate(
        policy, action, n, generator, lambda *size, generator: 2 * torch.rand(*size, generator=generator)
    )


@misconception("action_rate")
def counts_all_other_actions(policy, action, n, generator):
    """The share of the other actions comes back. Count those that equal `action`."""
    return 1 - rate(policy, action, n, generator)


@misconception("action_rate")
def samples_from_the_mean_policy(policy, action, n, generator):
    """One state, the middle of the square, stands for all of them. Draw n states."""
    return rate(policy, action, n, generator, lambda *size, generator: torch.full(size, 0.5))


@misconception("action_rate")
def returns_the_last_action_only(policy, action, n, generator):
    """Only the last of the sampled actions decides. The share among all n is asked."""
    with torch.no_grad():
        logits = policy(torch.rand(n, 2, generator=generator))
        taken = torch.multinomial(logits.softmax(-1), 1, generator=generator)
    return float(taken[-1] == action)


@misconception("action_rate")
def takes_the_softmax_over_the_states(policy, action, n, generator):
    """The softmax runs over the states. It runs over the actions: which axis are they on?"""
    with torch.no_grad():
        probs = policy(torch.rand(n, 2, generator=generator)).softmax(dim=0)
        sampled = torch.multinomial(probs, 1, generator=generator)
    return float((sampled == action).double().mean())
