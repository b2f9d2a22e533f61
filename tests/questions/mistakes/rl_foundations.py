"""Wrong answers to rl_foundations that students really write. The docstring is the hint."""

import numpy as np
import torch

from autograder.checks import misconception
from solutions.rl_foundations import (
    bellman_update,
    discounted_returns,
    length_penalized_reward,
    ppo_clip_ratio,
    reinforce_loss,
)

# discounted_returns


@misconception("discounted_returns")
def forgets_gamma(rewards, gamma):
    """These are sums of the rewards to come, none of them discounted. Where is gamma used?"""
    return np.cumsum(np.asarray(rewards, dtype=float)[::-1])[::-1]


@misconception("discounted_returns")
def discounts_from_episode_start(rewards, gamma):
    """Each reward is discounted from the start of the episode. A return looks ahead from its own
    step t: how many steps lie between t and a later reward?"""
    rewards = np.asarray(rewards, dtype=float)
    return np.cumsum((gamma ** np.arange(len(rewards)) * rewards)[::-1])[::-1]


@misconception("discounted_returns")
def leaves_them_in_reverse_order(rewards, gamma):
    """The numbers are right but come last step first. If you walk backwards and append, what is
    left to do at the end?"""
    return discounted_returns(rewards, gamma)[::-1]


@misconception("discounted_returns")
def adds_up_the_past(rewards, gamma):
    """The sum runs forward, so each step collects what came before it. Which rewards can an
    action still change: the earlier ones or the later ones?"""
    return discounted_returns(np.asarray(rewards)[::-1], gamma)[::-1]


@misconception("discounted_returns")
def leaves_out_its_own_reward(rewards, gamma):
    """Each return begins one reward too late. Here rewards[t] follows action t, so it belongs to
    G[t] (books that write R_{t+1} mean the same number)."""
    return np.append(discounted_returns(rewards, gamma)[1:], 0.0) if len(rewards) else np.zeros(0)


@misconception("discounted_returns")
def discounts_its_own_reward_too(rewards, gamma):
    """Every return is gamma times too small. The reward of step t itself is not discounted: what
    should gamma multiply in r + gamma * later?"""
    return gamma * discounted_returns(rewards, gamma)


@misconception("discounted_returns")
def looks_one_step_ahead(rewards, gamma):
    """Only the next reward is added, not what follows it. Should gamma multiply rewards[t + 1],
    or the whole return from t + 1 on?"""
    rewards = np.asarray(rewards, dtype=float)
    return rewards + gamma * np.append(rewards[1:], 0.0)[: len(rewards)]


@misconception("discounted_returns")
def gives_every_step_the_first_return(rewards, gamma):
    """All steps got the return of the whole episode. A late action cannot earn rewards that came
    before it: what is the return from step t on?"""
    returns = discounted_returns(rewards, gamma)
    return np.full_like(returns, returns[0]) if len(returns) else returns


@misconception("discounted_returns")
def stops_before_the_first_step(rewards, gamma):
    """The first return was never filled in. Which indices does range(T - 1, 0, -1) visit?"""
    returns = discounted_returns(rewards, gamma)
    returns[:1] = 0.0
    return returns


@misconception("discounted_returns", tags=("integer rewards whose returns are fractions",))
def keeps_integers(rewards, gamma):
    """With integer rewards the returns are cut to whole numbers. Which dtype does an array made
    by zeros_like or copy have?"""
    rewards = np.asarray(rewards)
    return discounted_returns(rewards, gamma).astype(rewards.dtype)


@misconception("discounted_returns")
def writes_into_the_rewards(rewards, gamma):
    """The returns overwrite the caller's rewards. Where could you put them
    instead?"""
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] = rewards[t] + gamma * rewards[t + 1]
    return rewards


@misconception("discounted_returns")
def starts_anew_at_every_reward(rewards, gamma):
    """The running sum is set to zero whenever a reward is not zero. That trick belongs to Pong,
    where a point ends a rally; here the episode goes on."""
    returns, later = [], 0.0
    for reward in reversed(list(rewards)):
        later = reward if reward != 0 else gamma * later
        returns.insert(0, later)
    return returns


@misconception("discounted_returns", tags=("a negative reward",))
def starts_anew_at_negative_rewards(rewards, gamma):
    """The running sum is set to zero at a negative reward, as if it had ended a life or a rally. Here the
    episode goes on."""
    returns, total = [], 0.0
    for reward in reversed(list(rewards)):
        total = reward if reward < 0 else reward + gamma * total
        returns.append(total)
    return np.array(returns[::-1], dtype=float)


@misconception("discounted_returns")
def hands_the_rewards_back(rewards, gamma):
    """These are the rewards as they came. A return adds what follows, discounted: where does gamma come in?"""
    return rewards


@misconception("discounted_returns")
def standardizes_the_returns(rewards, gamma):
    """The returns were shifted and scaled to mean 0 and deviation 1. That can help training, but
    it is a later step: this function returns G itself."""
    returns = discounted_returns(rewards, gamma)
    return (returns - returns.mean()) / (returns.std() + 1e-8) if len(returns) else returns


@misconception("discounted_returns")
def standardizes_with_the_sample_deviation(rewards, gamma):
    """The returns were shifted and scaled to mean 0 and deviation 1, so one return alone gives NaN. That is a
    later step: this function returns G itself."""
    returns = torch.from_numpy(discounted_returns(rewards, gamma))
    return (returns - returns.mean()) / (returns.std() + 1e-8)


@misconception("discounted_returns")
def divides_by_vanishing_discounts(rewards, gamma):
    """Dividing by gamma**t works until gamma**t is 0: for gamma 0, and for long episodes. Can you
    get G[t] from G[t + 1] without a division?"""
    discounts = gamma ** np.arange(len(rewards))
    with np.errstate(all="ignore"):
        return np.cumsum((np.asarray(rewards) * discounts)[::-1])[::-1] / discounts


@misconception("discounted_returns")
def calls_itself_for_the_rest(rewards, gamma):
    """The function calls itself once for every step, and Python stops at about a thousand calls
    inside each other. Can a loop from the last step to the first do it?"""
    if len(rewards) == 0:
        return []
    rest = calls_itself_for_the_rest(rewards[1:], gamma)
    return [rewards[0] + gamma * (rest[0] if rest else 0.0), *rest]


@misconception("discounted_returns", tags=("an episode of no steps",))
def needs_at_least_one_step(rewards, gamma):
    """An episode without steps raises an error, because the last reward is read first. What does
    your function start from if there is no last reward?"""
    rewards = np.asarray(rewards, dtype=float)
    returns = [rewards[-1]]
    for reward in rewards[-2::-1]:
        returns.insert(0, reward + gamma * returns[0])
    return returns


@misconception("discounted_returns", tags=("a gamma of 0",))
def takes_gamma_zero_for_missing(rewards, gamma):
    """A discount of 0 was replaced by a usual one. In Python 0 counts as false: what does
    `gamma or 0.99` give?"""
    return discounted_returns(rewards, gamma or 0.99)


@misconception("discounted_returns")
def always_discounts_by_099(rewards, gamma):
    """The discount is always 0.99, whatever is passed. Is the argument gamma used anywhere?"""
    return discounted_returns(rewards, 0.99)


@misconception("discounted_returns")
def scales_by_one_minus_gamma(rewards, gamma):
    """Every return is multiplied by 1 - gamma, as in an average over time. The return itself is
    the plain discounted sum."""
    return (1 - gamma) * discounted_returns(rewards, gamma)


@misconception("discounted_returns")
def repeats_the_last_reward_for_ever(rewards, gamma):
    """The last reward is treated as if it went on for ever. The episode is over then: what is
    G[T]?"""
    rewards = np.array(rewards, dtype=float)
    if len(rewards) and gamma < 1:
        rewards[-1] /= 1 - gamma
    return discounted_returns(rewards, gamma)


@misconception("discounted_returns", tags=("a negative reward",))
def counts_only_positive_rewards(rewards, gamma):
    """Negative rewards are left out. A bad step lowers the return of everything before it: is
    there a max(0, ...) or a condition too many?"""
    return discounted_returns(np.maximum(np.asarray(rewards, dtype=float), 0.0), gamma)


@misconception("discounted_returns")
def keeps_its_list_between_calls(rewards, gamma, returns=[]):  # noqa: B006 the mistake itself
    """The second call still holds the answers of the first. When is a default value such as
    returns=[] made: at each call, or once?"""
    returns[:0] = discounted_returns(rewards, gamma)
    return list(returns)


@misconception("discounted_returns")
def expects_an_array(rewards, gamma):
    """A plain list raises an error, because it has no .shape. What turns any sequence of numbers
    into an array?"""
    return discounted_returns(rewards.reshape(rewards.shape[0]), gamma)


@misconception("discounted_returns", tags=("an episode of one step",))
def gives_a_bare_number_for_one_step(rewards, gamma):
    """An episode of one step gives a bare number. One step has one return, in an array of shape
    (1,): is there a squeeze or an item() too many?"""
    return np.squeeze(discounted_returns(rewards, gamma))


@misconception("discounted_returns")
def rounds_the_returns(rewards, gamma):
    """The returns were rounded. Small rewards vanish that way: leave rounding to whoever prints
    them."""
    return np.round(discounted_returns(rewards, gamma), 2)


@misconception("discounted_returns")
def keeps_the_zero_after_the_end(rewards, gamma):
    """There is one entry too many: G[T] = 0 is where the recursion starts, not a return of its
    own. How many steps has the episode?"""
    return np.append(discounted_returns(rewards, gamma), 0.0)


@misconception("discounted_returns")
def returns_the_first_return_alone(rewards, gamma):
    """This is what the whole episode is worth, one number. Every step has its own return: where
    could the running sum be kept on its way?"""
    return discounted_returns(rewards, gamma)[0] if len(rewards) else 0.0


@misconception("discounted_returns")
def leaves_out_the_last_reward(rewards, gamma):
    """The last reward never counts. With range(T - 1) or rewards[:-1], which step is left out?"""
    rewards = np.array(rewards, dtype=float)
    rewards[-1:] = 0.0
    return discounted_returns(rewards, gamma)


@misconception("discounted_returns")
def adds_up_from_the_start(rewards, gamma):
    """Entry t holds the discounted rewards up to step t. A return is made of those from step t on:
    from which end does the sum grow?"""
    rewards = np.asarray(rewards, dtype=float)
    return np.cumsum(gamma ** np.arange(len(rewards)) * rewards)


@misconception("discounted_returns")
def remembers_the_last_episode(rewards, gamma, last=[0.0]):  # noqa: B006 the mistake itself
    """The running sum is not set to 0 when a new episode begins. Where is it made: inside the function,
    or outside?"""
    returns = []
    for reward in reversed(list(rewards)):
        last[0] = reward + gamma * last[0]
        returns.append(last[0])
    return np.array(returns[::-1])


@misconception("discounted_returns")
def ends_episodes_at_large_rewards(rewards, gamma):
    """The sum starts anew at rewards of 100 or -50. Those were the ends of episodes in another world; here
    the episode ends with the last reward."""
    returns, total = [], 0.0
    for reward in reversed(list(rewards)):
        total = reward if reward in (100.0, -100.0, -50.0) else reward + gamma * total
        returns.append(total)
    return np.array(returns[::-1], dtype=float)


@misconception("discounted_returns", tags=("an episode of one step",))
def hands_a_single_reward_back(rewards, gamma):
    """One integer reward alone comes back as an integer. Returns are floats, whatever the rewards are."""
    return np.array(rewards) if len(rewards) == 1 else discounted_returns(rewards, gamma)


@misconception("discounted_returns")
def counts_the_last_reward_twice(rewards, gamma):
    """The last reward counts twice: the sum starts with it, and the loop adds it again."""
    returns, total = [], rewards[-1] if len(rewards) else 0.0
    for reward in reversed(list(rewards)):
        total = reward + gamma * total
        returns.append(total)
    return np.array(returns[::-1], dtype=float)


@misconception("discounted_returns")
def discounts_and_divides_by_the_largest(rewards, gamma):
    """Each reward is discounted by itself and scaled. A return is the sum of all later rewards."""
    found = np.asarray(rewards, dtype=float) * gamma ** np.arange(len(rewards))
    return found / (np.abs(found).max() if len(found) and np.abs(found).max() else 1.0)


@misconception("discounted_returns")
def discounts_by_the_square(rewards, gamma):
    """Each step is discounted twice: is gamma multiplied in two places?"""
    return discounted_returns(rewards, gamma**2)


@misconception("discounted_returns")
def subtracts_what_follows(rewards, gamma):
    """What follows is subtracted. Look at the sign before gamma."""
    return discounted_returns(rewards, -gamma)


@misconception("discounted_returns")
def averages_what_follows(rewards, gamma):
    """The sum is divided by the number of steps left. A return is a sum, not a mean."""
    found = np.asarray(discounted_returns(rewards, gamma), dtype=float)
    return found / np.arange(len(found), 0, -1)


@misconception("discounted_returns")
def shifts_the_returns_by_one(rewards, gamma):
    """The returns stand one place too late: the first entry belongs to step 0."""
    found = np.asarray(discounted_returns(rewards, gamma), dtype=float)
    return np.append(0.0, found[:-1]) if len(found) else found


@misconception("discounted_returns")
def sums_at_most_a_hundred_steps(rewards, gamma):
    """Only the next hundred rewards count. A return reaches to the end of the episode."""
    rewards = np.asarray(rewards, dtype=float)
    return np.array([np.sum(rewards[t : t + 100] * gamma ** np.arange(len(rewards[t : t + 100])))
                     for t in range(len(rewards))])  # fmt: skip


@misconception("discounted_returns", tags=("integer rewards whose returns are fractions",))
def carries_whole_numbers_back(rewards, gamma):
    """With integer rewards each return is cut to a whole number, and the cut number is carried on to the
    step before. Which dtype does an array made by zeros_like have?"""
    rewards = np.asarray(rewards)
    returns = np.zeros_like(rewards)
    for t in reversed(range(len(rewards))):
        returns[t] = rewards[t] + (gamma * returns[t + 1] if t + 1 < len(rewards) else 0)
    return returns.astype(float)


@misconception(
    "discounted_returns", tags=("integer rewards whose returns are fractions", "an episode of no steps")
)
def fills_an_array_like_the_rewards(rewards, gamma):
    """zeros_like takes the dtype of integer rewards, and cuts each return to a whole number; and an episode
    without steps has no last entry to begin with."""
    rewards = np.asarray(rewards)
    returns = np.zeros_like(rewards)
    returns[-1] = rewards[-1]
    for t in reversed(range(len(rewards) - 1)):
        returns[t] = rewards[t] + gamma * returns[t + 1]
    return returns


def tails_over(rewards, gamma, divisor):
    """Return the sums of what follows, discounted from the start of the episode, each divided by something."""
    rewards = np.asarray(rewards, dtype=float)
    discounts = gamma ** np.arange(len(rewards))
    return np.cumsum((rewards * discounts)[::-1])[::-1] / divisor(discounts)


@misconception("discounted_returns")
def divides_by_discounts_and_a_little(rewards, gamma):
    """What keeps the denominator away from 0 makes late returns vanish, where gamma**t is smaller still. Can you
    get G[t] from G[t + 1] without a division?"""
    return tails_over(rewards, gamma, lambda discounts: discounts + 1e-8)


@misconception("discounted_returns")
def divides_by_discounts_and_very_little(rewards, gamma):
    """What keeps the denominator away from 0 makes late returns vanish, where gamma**t is smaller still. Can you
    get G[t] from G[t + 1] without a division?"""
    return tails_over(rewards, gamma, lambda discounts: discounts + 1e-12)


@misconception("discounted_returns")
def divides_by_discounts_of_at_least_a_little(rewards, gamma):
    """What keeps the denominator away from 0 makes late returns vanish, where gamma**t is smaller still. Can you
    get G[t] from G[t + 1] without a division?"""
    return tails_over(rewards, gamma, lambda discounts: np.maximum(discounts, 1e-8))


@misconception("discounted_returns")
def discounts_before_the_recursion_too(rewards, gamma):
    """The rewards were multiplied by gamma**t first, and then the recursion discounted them once more. Which
    of the two does r + gamma * later need?"""
    rewards = np.asarray(rewards, dtype=float)
    return discounted_returns(rewards * gamma ** np.arange(len(rewards)), gamma)


@misconception("discounted_returns")
def discounts_from_the_episode_end(rewards, gamma):
    """Each reward is discounted by the steps that lie between it and the end of the episode. A return looks
    ahead from its own step t: how many steps lie between t and a later reward?"""
    rewards = np.asarray(rewards, dtype=float)
    return np.cumsum((gamma ** np.arange(len(rewards))[::-1] * rewards)[::-1])[::-1]


@misconception("discounted_returns")
def discounts_each_reward_alone(rewards, gamma):
    """Each reward is discounted by how far it lies from the end, and nothing is added up. A return holds the
    later rewards, too."""
    rewards = np.asarray(rewards, dtype=float)
    return rewards * gamma ** np.arange(len(rewards))[::-1]


@misconception("discounted_returns")
def leaves_them_reversed_and_rounds(rewards, gamma):
    """The returns come last step first, and they were rounded. If you walk backwards and append, what is left
    to do at the end? Rounding is left to whoever prints them."""
    return np.round(discounted_returns(rewards, gamma), 2)[::-1]


@misconception("discounted_returns")
def rounds_at_every_step(rewards, gamma):
    """The running sum is rounded at every step, and the error is carried on. Leave rounding to whoever prints
    the returns."""
    returns, later = [], 0.0
    for reward in reversed(list(rewards)):
        later = round(float(reward) + gamma * later, 2)
        returns.insert(0, later)
    return np.array(returns)


@misconception("discounted_returns")
def subtracts_their_mean(rewards, gamma):
    """The mean return was subtracted. A baseline can help training, but it is a later step: this function
    returns G itself."""
    returns = np.asarray(discounted_returns(rewards, gamma))
    return returns - returns.mean() if len(returns) else returns


@misconception("discounted_returns")
def clips_the_rewards_to_one(rewards, gamma):
    """Rewards were clipped to the range from -1 to 1. That belongs to Atari games; here they count as they
    are."""
    return discounted_returns(np.clip(np.asarray(rewards, dtype=float), -1.0, 1.0), gamma)


# bellman_update


@misconception("bellman_update")
def takes_the_best_action(values, policy, transition_probs, rewards, gamma):
    """This takes the best action in every state. That is the Bellman optimality backup; here the
    policy says how often each action is taken. Where does it enter?"""
    return np.max(np.sum(transition_probs * (rewards + gamma * values), axis=2), axis=1)


@misconception("bellman_update")
def counts_all_actions_equally(values, policy, transition_probs, rewards, gamma):
    """All actions count equally here. How often does the policy take each of them?"""
    return np.mean(np.sum(transition_probs * (rewards + gamma * values), axis=2), axis=1)


@misconception("bellman_update")
def follows_the_likeliest_action(values, policy, transition_probs, rewards, gamma):
    """Only the policy's favourite action counts here. A language model samples its next token, so
    every action counts with its probability."""
    certain = np.eye(policy.shape[1])[policy.argmax(axis=1)]
    return bellman_update(values, certain, transition_probs, rewards, gamma)


@misconception("bellman_update")
def follows_the_likeliest_arrival(values, policy, transition_probs, rewards, gamma):
    """Only the most probable next state counts here. The backup is an expectation over all of
    them: what weighs each one?"""
    certain = np.eye(len(values))[transition_probs.argmax(axis=2)]
    return bellman_update(values, policy, certain, rewards, gamma)


@misconception("bellman_update")
def adds_next_values_undiscounted(values, policy, transition_probs, rewards, gamma):
    """The next state's value is added in full. It is one step away: what should it be multiplied
    by?"""
    return bellman_update(values, policy, transition_probs, rewards, 1.0)


@misconception("bellman_update")
def discounts_the_reward_too(values, policy, transition_probs, rewards, gamma):
    """The immediate reward is discounted as well. Which of r and V(s') lies a step in the
    future?"""
    return gamma * bellman_update(values, policy, transition_probs, rewards, 1.0)


@misconception("bellman_update")
def forgets_the_rewards(values, policy, transition_probs, rewards, gamma):
    """Only the next values were averaged. What does the step itself pay?"""
    return bellman_update(values, policy, transition_probs, 0 * rewards, gamma)


@misconception("bellman_update")
def forgets_the_next_state(values, policy, transition_probs, rewards, gamma):
    """This is the expected reward of one step. What is the state worth in which the step
    arrives?"""
    return bellman_update(values, policy, transition_probs, rewards, 0.0)


@misconception("bellman_update")
def uses_new_values_on_the_way(values, policy, transition_probs, rewards, gamma):
    """Later states were computed from values already updated in this sweep. The sweep is
    synchronous: which array should the right-hand side read?"""
    new = values.copy()
    for state in range(len(new)):
        new[state] = bellman_update(new, policy, transition_probs, rewards, gamma)[state]
    return new


@misconception("bellman_update")
def uses_new_values_from_the_end(values, policy, transition_probs, rewards, gamma):
    """Going from the last state to the first and writing into the same array mixes new values
    with old ones. Every new value is to be made of old ones only."""
    new = values.copy()
    for state in reversed(range(len(new))):
        new[state] = bellman_update(new, policy, transition_probs, rewards, gamma)[state]
    return new


@misconception("bellman_update")
def overwrites_the_values(values, policy, transition_probs, rewards, gamma):
    """The new values replace the caller's old ones. Could the result be an
    array of its own?"""
    values[:] = bellman_update(values, policy, transition_probs, rewards, gamma)
    return values


@misconception("bellman_update")
def adds_next_values_into_the_rewards(values, policy, transition_probs, rewards, gamma):
    """`+=` changed the caller's rewards. The next sweep will start from
    wrong ones: which expression makes a new array?"""
    rewards += gamma * values
    return np.einsum("sa,san,san->s", policy, transition_probs, rewards)


@misconception("bellman_update")
def adds_rewards_of_all_arrivals(values, policy, transition_probs, rewards, gamma):
    """The rewards of all possible arrivals were added up as if all of them happened. How likely
    is each arrival?"""
    action_values = rewards.sum(axis=2) + gamma * (transition_probs @ values)
    return (policy * action_values).sum(axis=1)


@misconception("bellman_update")
def averages_rewards_over_arrivals(values, policy, transition_probs, rewards, gamma):
    """The reward was averaged over the next states as if they were equally likely. It belongs to
    a transition: which probabilities weigh it?"""
    action_values = rewards.mean(axis=2) + gamma * (transition_probs @ values)
    return (policy * action_values).sum(axis=1)


@misconception("bellman_update")
def uses_the_value_of_the_same_state(values, policy, transition_probs, rewards, gamma):
    """The value that is discounted is that of the state being left. In r + gamma * V(s'), which
    state is s'?"""
    return bellman_update(0 * values, policy, transition_probs, rewards, gamma) + gamma * values


@misconception("bellman_update")
def reads_transitions_backwards(values, policy, transition_probs, rewards, gamma):
    """The transition probabilities were read as [s', a, s]. Which axis is the state one comes
    from, and which the one arrived at?"""
    return bellman_update(values, policy, transition_probs.transpose(2, 1, 0), rewards, gamma)


@misconception("bellman_update")
def returns_action_values(values, policy, transition_probs, rewards, gamma):
    """There is one number for each state and action: these are action values. What turns the row
    of a state into its value?"""
    return np.sum(transition_probs * (rewards + gamma * values), axis=2)


@misconception("bellman_update")
def adds_to_the_old_values(values, policy, transition_probs, rewards, gamma):
    """The backup was added to the old value. It is an assignment: the new value replaces the
    old."""
    return values + bellman_update(values, policy, transition_probs, rewards, gamma)


@misconception("bellman_update")
def returns_the_change(values, policy, transition_probs, rewards, gamma):
    """This is how much each value changes. The function returns the new values themselves."""
    return bellman_update(values, policy, transition_probs, rewards, gamma) - values


@misconception("bellman_update")
def sweeps_until_nothing_changes(values, policy, transition_probs, rewards, gamma):
    """These are the values at which many sweeps settle. One call is one sweep; the caller decides
    how often."""
    for _ in range(300):
        values = bellman_update(values, policy, transition_probs, rewards, gamma)
    return values


@misconception("bellman_update")
def takes_the_last_state_for_terminal(values, policy, transition_probs, rewards, gamma):
    """The last state is always 0 here. Nothing says that it is terminal: a terminal state shows
    in transition_probs and rewards, and needs no special case."""
    new = bellman_update(values, policy, transition_probs, rewards, gamma)
    new[-1] = 0.0
    return new


@misconception("bellman_update")
def sets_absorbing_states_to_zero(values, policy, transition_probs, rewards, gamma):
    """States that are never left were set to 0. They may still pay a reward, or hold an old
    value: the formula treats them like every other state."""
    new = bellman_update(values, policy, transition_probs, rewards, gamma)
    leaves = np.einsum("sas->sa", transition_probs).min(axis=1) < 1
    return np.where(leaves, new, 0.0)


@misconception("bellman_update")
def lines_values_up_with_actions(values, policy, transition_probs, rewards, gamma):
    """values[:, None] lines the values up with the actions, which fits only by chance. Which axis
    of rewards is the next state, and which axis does plain `values` line up with?"""
    action_values = np.sum(transition_probs * (rewards + gamma * values[:, None]), axis=2)
    return np.sum(policy * action_values, axis=1)


@misconception("bellman_update")
def gives_a_bare_number_for_one_state(values, policy, transition_probs, rewards, gamma):
    """With a single state the result is a bare number. One state has one value, in an array of
    shape (1,): is there a squeeze too many?"""
    return np.squeeze(bellman_update(values, policy, transition_probs, rewards, gamma))


@misconception("bellman_update")
def takes_discount_zero_for_missing(values, policy, transition_probs, rewards, gamma):
    """A discount of 0 was replaced by a usual one. In Python 0 counts as false: what does
    `gamma or 0.99` give?"""
    return bellman_update(values, policy, transition_probs, rewards, gamma or 0.99)


@misconception("bellman_update")
def adds_up_all_actions(values, policy, transition_probs, rewards, gamma):
    """The values of all actions are added up as if each were taken for certain. Where does
    policy[s, a] enter?"""
    return np.sum(transition_probs * (rewards + gamma * values), axis=(1, 2))


@misconception("bellman_update")
def reads_rewards_backwards(values, policy, transition_probs, rewards, gamma):
    """The rewards were read as [s', a, s]. Which axis is the state one comes from, and which the one
    arrived at?"""
    return bellman_update(values, policy, transition_probs, rewards.transpose(2, 1, 0), gamma)


@misconception("bellman_update")
def keeps_the_last_action_only(values, policy, transition_probs, rewards, gamma):
    """The sum over the actions holds only its last term. In the loop, does `=` stand where `+=` is
    meant?"""
    action_values = np.sum(transition_probs * (rewards + gamma * values), axis=2)
    return policy[:, -1] * action_values[:, -1]


@misconception("bellman_update")
def keeps_the_last_arrival_only(values, policy, transition_probs, rewards, gamma):
    """Of the sum over actions and next states only the very last term is left. In the loops, does
    `=` stand where `+=` is meant?"""
    return policy[:, -1] * transition_probs[:, -1, -1] * (rewards[:, -1, -1] + gamma * values[-1])


@misconception("bellman_update")
def sweeps_through_the_callers_values(values, policy, transition_probs, rewards, gamma):
    """Each new value went straight into the caller's array, where later states already read it, and
    the old values are lost. Where could the new ones be collected?"""
    for state in range(len(values)):
        values[state] = bellman_update(values, policy, transition_probs, rewards, gamma)[state]
    return values


@misconception("bellman_update")
def takes_the_policy_for_logits(values, policy, transition_probs, rewards, gamma):
    """The policy went through a softmax. Its rows are probabilities already: do they add up to 1?"""
    weights = np.exp(policy)
    policy = weights / weights.sum(axis=1, keepdims=True)
    return bellman_update(values, policy, transition_probs, rewards, gamma)


@misconception("bellman_update")
def always_discounts_by_09(values, policy, transition_probs, rewards, gamma):
    """The discount is always 0.9, whatever is passed. Is the argument gamma used anywhere?"""
    return bellman_update(values, policy, transition_probs, rewards, 0.9)


@misconception("bellman_update")
def solves_for_the_fixed_point(values, policy, transition_probs, rewards, gamma):
    """These are the policy's values after endless sweeps. One sweep from the values given is asked."""
    expected = np.einsum("sa,san,san->s", policy, transition_probs, rewards)
    moves = np.einsum("sa,san->sn", policy, transition_probs)
    return np.linalg.lstsq(np.eye(len(values)) - gamma * moves, expected, rcond=None)[0]


@misconception("bellman_update")
def sweeps_twice(values, policy, transition_probs, rewards, gamma):
    """Two sweeps have been made. One is asked."""
    first = bellman_update(values, policy, transition_probs, rewards, gamma)
    return bellman_update(first, policy, transition_probs, rewards, gamma)


@misconception("bellman_update")
def divides_by_the_number_of_actions(values, policy, transition_probs, rewards, gamma):
    """The sum over actions is divided by their number. The policy's probabilities are weights enough."""
    return bellman_update(values, policy, transition_probs, rewards, gamma) / policy.shape[1]


@misconception("bellman_update")
def subtracts_the_old_values(values, policy, transition_probs, rewards, gamma):
    """The next value is taken with a minus. What comes later adds to what is paid now."""
    return bellman_update(-np.asarray(values), policy, transition_probs, rewards, gamma)


@misconception("bellman_update")
def discounts_by_the_square_there(values, policy, transition_probs, rewards, gamma):
    """The next value is discounted twice. Gamma enters once."""
    return bellman_update(values, policy, transition_probs, rewards, gamma**2)


@misconception("bellman_update")
def weighs_the_rewards_twice(values, policy, transition_probs, rewards, gamma):
    """Rewards are multiplied with the probability of arriving twice. Once is an average."""
    return bellman_update(values, policy, transition_probs, rewards * transition_probs, gamma)


@misconception("bellman_update")
def keeps_the_better_of_old_and_new(values, policy, transition_probs, rewards, gamma):
    """A value never falls here. The new value counts, also where it is smaller."""
    return np.maximum(values, bellman_update(values, policy, transition_probs, rewards, gamma))


@misconception("bellman_update")
def moves_half_of_the_way(values, policy, transition_probs, rewards, gamma):
    """Old and new values are mixed. The backup replaces the old value in full."""
    return (values + bellman_update(values, policy, transition_probs, rewards, gamma)) / 2


@misconception("bellman_update")
def weighs_values_by_the_way_back(values, policy, transition_probs, rewards, gamma):
    """The values are weighed by P[s', a, s], the way back: P[s, a, s'] is how likely s leads to s'."""
    reward = (transition_probs * rewards).sum(axis=2)
    ahead = np.einsum("pas,p->sa", transition_probs, values)
    return (policy * (reward + gamma * ahead)).sum(axis=1)


@misconception("bellman_update")
def keeps_the_value_of_absorbing_states(values, policy, transition_probs, rewards, gamma):
    """States that are never left kept their old value. They may still pay a reward, or hold a wrong guess:
    the formula treats them like every other state."""
    stays = np.isclose(np.einsum("sas->sa", transition_probs), 1.0).all(axis=1)
    return np.where(stays, values, bellman_update(values, policy, transition_probs, rewards, gamma))


@misconception("bellman_update")
def weighs_only_the_reward_by_the_policy(values, policy, transition_probs, rewards, gamma):
    """The policy weighs the reward alone; the next values were added up over all actions. Where do the
    brackets go in policy * (r + gamma * V)?"""
    reward = np.einsum("sa,san,san->s", policy, transition_probs, rewards)
    return reward + gamma * np.einsum("san,n->s", transition_probs, values)


@misconception("bellman_update")
def weighs_only_the_value_by_the_policy(values, policy, transition_probs, rewards, gamma):
    """The policy weighs the next values alone; the rewards were added up over all actions. How often is each
    action taken?"""
    reward = np.einsum("san,san->s", transition_probs, rewards)
    return reward + gamma * np.einsum("sa,san,n->s", policy, transition_probs, values)


@misconception("bellman_update")
def adds_values_of_all_arrivals(values, policy, transition_probs, rewards, gamma):
    """The transition probability weighs the reward alone; the values of all states were added up as if all of
    them were reached. Where do the brackets go in P * (r + gamma * V)?"""
    return np.sum(policy * np.sum(transition_probs * rewards + gamma * values, axis=2), axis=1)


@misconception("bellman_update")
def averages_rewards_and_mixes_with_the_old(values, policy, transition_probs, rewards, gamma):
    """The reward was averaged over the next states as if they were equally likely, and the result was mixed
    with the old values. Which probabilities weigh the reward? The backup replaces the old value in full."""
    action_values = rewards.mean(axis=2) + gamma * (transition_probs @ values)
    return (values + (policy * action_values).sum(axis=1)) / 2


@misconception("bellman_update")
def discounts_the_reward_only(values, policy, transition_probs, rewards, gamma):
    """gamma multiplies the reward in place of the next value. Which of r and V(s') lies a step in the
    future?"""
    return np.sum(policy * np.sum(transition_probs * (gamma * rewards + values), axis=2), axis=1)


@misconception("bellman_update")
def moves_a_tenth_of_the_way(values, policy, transition_probs, rewards, gamma):
    """Old and new values are mixed, as with a learning rate. The backup replaces the old value in full."""
    new = bellman_update(values, policy, transition_probs, rewards, gamma)
    return values + 0.1 * (new - values)


@misconception("bellman_update")
def takes_the_worst_action(values, policy, transition_probs, rewards, gamma):
    """This takes the worst action in every state. The policy says how often each action is taken: where does
    it enter?"""
    return np.min(np.sum(transition_probs * (rewards + gamma * values), axis=2), axis=1)


@misconception("bellman_update")
def stops_where_a_reward_is_paid(values, policy, transition_probs, rewards, gamma):
    """After a reward that is not 0 the next value was left out, as if the episode were over. A reward may be
    paid on the way: what does the formula add to it?"""
    ahead = np.where(rewards == 0, gamma * values, 0.0)
    return np.sum(policy * np.sum(transition_probs * (rewards + ahead), axis=2), axis=1)


# reinforce_loss


@misconception("reinforce_loss")
def forgets_the_minus(log_probs, returns):
    """The sign is flipped. An optimiser makes a loss smaller: should a good token become less
    probable?"""
    return -reinforce_loss(log_probs, returns)


@misconception("reinforce_loss")
def averages_over_the_tokens(log_probs, returns):
    """This is the mean over the tokens. The contract asks for the sum: is the length of the
    response to change the size of its gradient?"""
    return -(log_probs * returns.detach()).mean()


@misconception("reinforce_loss")
def standardizes_first(log_probs, returns):
    """The returns were standardised first. That is a useful trick for training, but not part of
    this loss, and a single token has no deviation to divide by."""
    returns = returns.detach()
    return -(log_probs * (returns - returns.mean()) / (returns.std() + 1e-8)).sum()


@misconception("reinforce_loss")
def subtracts_the_mean_return(log_probs, returns):
    """The mean return was subtracted as a baseline. A good idea with a name of its own; this loss
    takes the returns as they are."""
    returns = returns.detach()
    return -(log_probs * (returns - returns.mean())).sum()


@misconception("reinforce_loss")
def averages_with_a_baseline(log_probs, returns):
    """The mean return is subtracted as a baseline, and then a mean is taken. The sum is asked, of the returns
    as they are."""
    returns = returns.detach()
    return -(log_probs * (returns - returns.mean())).mean()


@misconception("reinforce_loss")
def lets_the_gradient_into_the_returns(log_probs, returns):
    """A gradient flows into the returns too. They were measured, not
    chosen: which method cuts a tensor off its graph?"""
    return -(log_probs * returns).sum()


@misconception("reinforce_loss")
def cuts_off_the_log_probs(log_probs, returns):
    """No gradient reaches log_probs, so nothing would be learned. Which of
    the two arguments is the one to detach?"""
    return -(log_probs.detach() * returns).sum()


@misconception("reinforce_loss")
def leaves_torch(log_probs, returns):
    """The loss has no graph: NumPy, item() and float() end it. Which
    torch operations give the same sum?"""
    return -float(log_probs.detach().numpy() @ returns.detach().numpy())


@misconception("reinforce_loss")
def weighs_probabilities(log_probs, returns):
    """The probabilities were used, not their logarithms. The log is what makes a rare token count
    as much as a common one: is there an exp too many?"""
    return -(log_probs.exp() * returns.detach()).sum()


@misconception("reinforce_loss")
def keeps_one_loss_per_token(log_probs, returns):
    """There is one number for each token. A loss is a single number: how do you put them
    together?"""
    return -log_probs * returns.detach()


@misconception("reinforce_loss")
def pairs_every_token_with_every_return(log_probs, returns):
    """Every log-probability was multiplied with every return: a column times a row makes a
    table, and so does a sum times a sum. Which shapes do the two have when you multiply them?"""
    return -(log_probs[:, None] * returns.detach()).sum()


@misconception("reinforce_loss")
def gives_all_tokens_the_first_return(log_probs, returns):
    """All tokens were weighted with the return of the first. Each has its own: what it still had
    ahead of it."""
    return -(log_probs.sum() * returns.detach()[0])


@misconception("reinforce_loss")
def learns_from_good_tokens_only(log_probs, returns):
    """Tokens with a negative return were left out. They are how the model learns what not to
    write: is there a relu, a clamp or a condition too many?"""
    return -(log_probs * returns.detach().clamp(min=0)).sum()


@misconception("reinforce_loss")
def pairs_tokens_with_reversed_returns(log_probs, returns):
    """Log-probabilities and returns were paired in opposite directions. Both start with the first
    token."""
    return -(log_probs * returns.detach().flip(0)).sum()


@misconception("reinforce_loss")
def skips_the_first_token(log_probs, returns):
    """The first token is missing from the sum. Where does your range or slice start?"""
    return -(log_probs[1:] * returns.detach()[1:]).sum()


@misconception("reinforce_loss")
def skips_certain_tokens(log_probs, returns):
    """A token with log-probability 0 gets no gradient. It adds nothing to
    the sum, yet it does push: why was it left out?"""
    counts = log_probs.detach() != 0
    return -(log_probs * returns.detach() * counts).sum()


@misconception("reinforce_loss")
def limits_the_log_probs(log_probs, returns):
    """Very improbable tokens were clamped. They get no gradient then, and they are the ones that
    need it: a log-probability of -300 is an ordinary number."""
    return -(log_probs.clamp(min=-20.0) * returns.detach()).sum()


@misconception("reinforce_loss")
def limits_the_returns(log_probs, returns):
    """Large returns were clipped. The loss takes the returns as they are."""
    return -(log_probs * returns.detach().clamp(-10.0, 10.0)).sum()


@misconception("reinforce_loss")
def centres_the_returns_in_place(log_probs, returns):
    """The mean was subtracted from the caller's returns themselves. Neither is asked for: the
    returns are used as they are, and left as they are."""
    with torch.no_grad():
        returns -= returns.mean() * 0.5
    return -(log_probs * returns.detach()).sum()


@misconception("reinforce_loss")
def multiplies_into_the_returns(log_probs, returns):
    """The products were written into the caller's returns. Methods that
    end in an underscore work in place: which one does not?"""
    return -returns.detach().mul_(log_probs).sum()


@misconception("reinforce_loss")
def takes_the_backward_step_itself(log_probs, returns):
    """The function calls backward itself. It only returns the loss; the training loop decides
    when to differentiate it."""
    loss = reinforce_loss(log_probs, returns)
    loss.backward(retain_graph=True)
    return loss


@misconception("reinforce_loss")
def collects_tokens_of_earlier_calls(log_probs, returns, terms=[]):  # noqa: B006 the mistake itself
    """The second loss still holds the tokens of the first. When is a default value such as
    terms=[] made: at each call, or once?"""
    terms.append(float(reinforce_loss(log_probs.detach(), returns)))
    return reinforce_loss(log_probs, returns) + sum(terms[:-1])


@misconception("reinforce_loss")
def computes_in_half_precision(log_probs, returns):
    """The numbers are close but not exact: half precision keeps three digits. Is there a .half()
    or a bfloat16 somewhere?"""
    return -(log_probs.to(torch.bfloat16) * returns.detach().to(torch.bfloat16)).sum()


@misconception("reinforce_loss")
def skips_the_last_token(log_probs, returns):
    """The last token is missing from the sum. Where does your range or slice end?"""
    return reinforce_loss(log_probs[:-1], returns[:-1])


@misconception("reinforce_loss")
def keeps_the_last_token_only(log_probs, returns):
    """Only the last token is left of the sum. In the loop, does `=` stand where `+=` is meant?"""
    return reinforce_loss(log_probs[-1:], returns[-1:])


@misconception("reinforce_loss")
def discounts_once_more(log_probs, returns):
    """The returns were discounted by 0.99 once more. They are discounted already: what does the formula
    multiply with log_probs[t]?"""
    steps = torch.arange(len(returns), dtype=returns.dtype)
    return reinforce_loss(log_probs, 0.99**steps * returns)


@misconception("reinforce_loss")
def adds_up_the_returns_again(log_probs, returns):
    """The returns were added up from the end, as if they were rewards. That step is done already: a
    return holds all the rewards to come."""
    return reinforce_loss(log_probs, returns.detach().flip(0).cumsum(0).flip(0))


@misconception("reinforce_loss")
def standardizes_with_the_population_deviation(log_probs, returns):
    """The returns were standardised first, with a deviation that divides by T. That is a useful trick for
    training, but not part of this loss."""
    returns = returns.detach()
    return -(log_probs * (returns - returns.mean()) / (returns.std(unbiased=False) + 1e-8)).sum()


@misconception("reinforce_loss")
def standardizes_all_but_single_returns(log_probs, returns):
    """The returns were standardised first, wherever there are two or more. That is a useful trick for
    training, but not part of this loss."""
    if len(returns) > 1:
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    return reinforce_loss(log_probs, returns)


@misconception("reinforce_loss")
def gives_all_tokens_the_mean_return(log_probs, returns):
    """All tokens were weighted with the mean return. Each has its own: are the two summed or averaged before
    they are multiplied?"""
    return -(log_probs.sum() * returns.detach().mean())


@misconception("reinforce_loss")
def gives_all_tokens_the_last_return(log_probs, returns):
    """All tokens were weighted with the return of the last. Each has its own: what it still had ahead of
    it."""
    return -(log_probs.sum() * returns.detach()[-1])


@misconception("reinforce_loss")
def pairs_tokens_with_the_next_return(log_probs, returns):
    """Each token was paired with the return of the token after it, and the last has none. Entry t of one
    belongs to entry t of the other: do the slices start in the same place?"""
    return -(log_probs[:-1] * returns.detach()[1:]).sum()


@misconception("reinforce_loss")
def divides_by_the_largest_return(log_probs, returns):
    """The returns were divided by the largest of them. The loss takes the returns as they are."""
    returns = returns.detach()
    return -(log_probs * returns / returns.abs().max()).sum()


@misconception("reinforce_loss")
def divides_by_the_deviation(log_probs, returns):
    """The returns were divided by their deviation. The loss takes the returns as they are."""
    returns = returns.detach()
    return -(log_probs * returns / (returns.std() + 1e-8 if len(returns) > 1 else 1.0)).sum()


@misconception("reinforce_loss")
def multiplies_two_means(log_probs, returns):
    """The mean log-probability was multiplied with the mean return. Each token has its own return, and their
    products are summed: in which order do the product and the sum come?"""
    return -(log_probs.mean() * returns.detach().mean())


@misconception("reinforce_loss")
def limits_the_returns_to_one(log_probs, returns):
    """Returns beyond 1 were clipped. The loss takes the returns as they are."""
    return -(log_probs * returns.detach().clamp(-1.0, 1.0)).sum()


@misconception("reinforce_loss")
def takes_the_returns_first(returns, log_probs):
    """The arguments are taken in another order than the docstring's. Which of the two comes first?"""
    return -(log_probs * returns.detach()).sum()


@misconception("reinforce_loss")
def goes_through_the_probability(log_probs, returns):
    """log(exp(x)) is minus infinity where exp(x) is 0. The logarithm is given: use it as it is."""
    return -(torch.log(torch.exp(log_probs)) * returns.detach()).sum()


@misconception("reinforce_loss")
def climbs_and_averages(log_probs, returns):
    """The minus is missing, and this is a mean where the sum is asked."""
    return (log_probs * returns.detach()).mean()


@misconception("reinforce_loss")
def squares_the_returns(log_probs, returns):
    """The returns enter squared, so bad responses are reinforced like good ones."""
    return -(log_probs * returns.detach() ** 2).sum()


@misconception("reinforce_loss")
def weighs_by_the_size_of_returns(log_probs, returns):
    """The signs of the returns are lost: what went badly would become more probable."""
    return -(log_probs * returns.detach().abs()).sum()


@misconception("reinforce_loss")
def adds_the_returns(log_probs, returns):
    """Log-probabilities and returns are added. Each log-probability is multiplied with its return."""
    return -(log_probs + returns.detach()).sum()


@misconception("reinforce_loss")
def subtracts_a_baseline(log_probs, returns):
    """The mean return is subtracted from all but lone returns. The returns are to be used as they are."""
    returns = returns.detach()
    return -(log_probs * (returns - returns.mean() * (len(returns) > 1))).sum()


@misconception("reinforce_loss")
def adds_an_entropy_bonus(log_probs, returns):
    """An entropy bonus has been added. Only the sum of log_probs times returns is asked."""
    return -(log_probs * returns.detach()).sum() + 0.01 * log_probs.sum()


@misconception("reinforce_loss")
def takes_the_logarithm_again(log_probs, returns):
    """The logarithm is taken of numbers that are logarithms, and negative ones have none: NaN."""
    return -(torch.log(log_probs) * returns.detach()).sum()


# ppo_clip_ratio


@misconception("ppo_clip_ratio")
def divides_two_probabilities(log_probs, old_log_probs, clip_eps=0.2):
    """For very improbable responses both probabilities are 0, and 0 / 0 is NaN. Can you subtract
    before you take exp?"""
    ratio = log_probs.exp() / old_log_probs.detach().exp()
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def adds_a_little_to_the_denominator(log_probs, old_log_probs, clip_eps=0.2):
    """A small number under the fraction avoids the division by zero, but makes the ratio of
    improbable responses 0. Can you subtract before you take exp?"""
    ratio = log_probs.exp() / (old_log_probs.detach().exp() + 1e-8)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def replaces_nan_by_one(log_probs, old_log_probs, clip_eps=0.2):
    """Where the division gave NaN, a ratio of 1 was put instead. The true ratio is an ordinary
    number: can you subtract before you take exp?"""
    ratio = torch.nan_to_num(log_probs.exp() / old_log_probs.detach().exp(), nan=1.0)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def turns_the_ratio_upside_down(log_probs, old_log_probs, clip_eps=0.2):
    """The ratio is upside down. A token that became more probable has a ratio above 1: which of
    the two goes first?"""
    ratio = torch.exp(old_log_probs.detach() - log_probs)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def forgets_exp(log_probs, old_log_probs, clip_eps=0.2):
    """This is the difference of the log-probabilities. What turns a difference of logs into a
    ratio of probabilities?"""
    ratio = log_probs - old_log_probs.detach()
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def divides_log_probs(log_probs, old_log_probs, clip_eps=0.2):
    """One log-probability was divided by the other. What does dividing two probabilities become
    for their logs?"""
    ratio = log_probs / old_log_probs.detach()
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def swaps_the_outputs(log_probs, old_log_probs, clip_eps=0.2):
    """The two outputs come in the wrong order. First the ratio as it is, then the limited one."""
    return ppo_clip_ratio(log_probs, old_log_probs, clip_eps)[::-1]


@misconception("ppo_clip_ratio")
def always_clips_at_02(log_probs, old_log_probs, clip_eps=0.2):
    """The limits are 0.8 and 1.2 whatever is passed. Is clip_eps used anywhere?"""
    return ppo_clip_ratio(log_probs, old_log_probs)


@misconception("ppo_clip_ratio")
def clips_at_01_by_default(log_probs, old_log_probs, clip_eps=0.1):
    """Without clip_eps the range is too narrow. Which default does the signature in the contract
    have?"""
    return ppo_clip_ratio(log_probs, old_log_probs, clip_eps)


@misconception("ppo_clip_ratio")
def takes_clip_eps_zero_for_missing(log_probs, old_log_probs, clip_eps=0.2):
    """A clip_eps of 0 was replaced by the default. In Python 0 counts as false: what does
    `clip_eps or 0.2` give?"""
    return ppo_clip_ratio(log_probs, old_log_probs, clip_eps or 0.2)


@misconception("ppo_clip_ratio")
def limits_only_above(log_probs, old_log_probs, clip_eps=0.2):
    """Only large ratios are limited. The range has a lower end too; and if you took a minimum: that
    comes later, in the loss, after both ratios were multiplied by the advantage."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(max=1 + clip_eps)


@misconception("ppo_clip_ratio")
def limits_only_below(log_probs, old_log_probs, clip_eps=0.2):
    """Only small ratios are limited. The range has an upper end too."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(min=1 - clip_eps)


@misconception("ppo_clip_ratio")
def limits_the_log_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """The log-ratio was limited to plus or minus clip_eps, so the limits are exp(-0.2) and
    exp(0.2). Limit the ratio itself: 0.8 and 1.2."""
    log_ratio = log_probs - old_log_probs.detach()
    return log_ratio.exp(), log_ratio.clamp(-clip_eps, clip_eps).exp()


@misconception("ppo_clip_ratio")
def takes_one_over_the_other_limit(log_probs, old_log_probs, clip_eps=0.2):
    """The lower limit is 1 / (1 + clip_eps). PPO's range is symmetric around 1: how far below 1
    does it reach?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(1 / (1 + clip_eps), 1 + clip_eps)


@misconception("ppo_clip_ratio")
def limits_around_zero(log_probs, old_log_probs, clip_eps=0.2):
    """The ratio was limited to a range around 0. A policy that has not changed has ratio 1: what
    should the range be centred on?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(-clip_eps, clip_eps)


@misconception("ppo_clip_ratio")
def limits_in_place(log_probs, old_log_probs, clip_eps=0.2):
    """Both outputs are limited: clamp_ with an underscore changes the ratio itself. Which method
    makes a new tensor?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp_(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def lets_the_gradient_into_the_old_policy(log_probs, old_log_probs, clip_eps=0.2):
    """A gradient flows into old_log_probs. The old policy is fixed: it
    only says how probable the token was when it was written. How do you cut it off?"""
    ratio = torch.exp(log_probs - old_log_probs)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def cuts_off_both_outputs(log_probs, old_log_probs, clip_eps=0.2):
    """Nothing carries a graph, so nothing would be learned. Which of the
    two arguments is the constant one?"""
    with torch.no_grad():
        return ppo_clip_ratio(log_probs, old_log_probs, clip_eps)


@misconception("ppo_clip_ratio")
def cuts_off_the_clipped_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """No gradient flows through clipped_ratio at all. Inside the limits it equals ratio, in its
    gradient too: was it detached?"""
    ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return ratio, clipped_ratio.detach()


@misconception("ppo_clip_ratio")
def lets_the_gradient_past_the_limits(log_probs, old_log_probs, clip_eps=0.2):
    """The gradient of the limited values flows as if nothing had been limited.
    Outside the range a clamped number does not move: what is its slope?"""
    ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return ratio, ratio + (clipped_ratio - ratio).detach()


@misconception("ppo_clip_ratio")
def stops_the_gradient_through_ratio_too(log_probs, old_log_probs, clip_eps=0.2):
    """Outside the limits no gradient flows through ratio either. Only clipped_ratio is flat there;
    PPO needs the slope of ratio to come back from the wrong side."""
    ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return torch.where(ratio == clipped_ratio, ratio, ratio.detach()), clipped_ratio


@misconception("ppo_clip_ratio")
def limits_the_ratio_to_e_20(log_probs, old_log_probs, clip_eps=0.2):
    """Very large and very small ratios were cut off to be safe. The first output is the ratio as
    it is; limiting is the second output's task."""
    ratio = torch.exp((log_probs - old_log_probs.detach()).clamp(-20.0, 20.0))
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def averages_the_batch(log_probs, old_log_probs, clip_eps=0.2):
    """There is one number for the whole batch. Each token has its own ratio: the mean comes later,
    in the loss."""
    ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return ratio.mean(), clipped_ratio.mean()


@misconception("ppo_clip_ratio")
def gives_bare_numbers_for_one_token(log_probs, old_log_probs, clip_eps=0.2):
    """A batch of one token gives bare numbers. Its shape is (1,): is there a squeeze too many?"""
    ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return ratio.squeeze(), clipped_ratio.squeeze()


@misconception("ppo_clip_ratio")
def subtracts_in_place(log_probs, old_log_probs, clip_eps=0.2):
    """The difference was written into the caller's log_probs. `-=` and methods that end in an
    underscore work in place: which expression makes a new tensor?"""
    log_probs -= old_log_probs.detach()
    return ppo_clip_ratio(log_probs, torch.zeros_like(log_probs), clip_eps)


@misconception("ppo_clip_ratio")
def remembers_the_last_clip_eps(log_probs, old_log_probs, clip_eps=None, seen=[0.2]):  # noqa: B006 the mistake itself
    """A clip_eps passed once is used in later calls too. Without the argument the range is 0.2
    again: where is the last one kept?"""
    if clip_eps is not None:
        seen[0] = clip_eps
    return ppo_clip_ratio(log_probs, old_log_probs, seen[0])


@misconception("ppo_clip_ratio")
def returns_the_clipped_ratio_alone(log_probs, old_log_probs, clip_eps=0.2):
    """Only one of the two ratios came back. The loss needs both: what does `return a, b` give?"""
    return ppo_clip_ratio(log_probs, old_log_probs, clip_eps)[1]


@misconception("ppo_clip_ratio")
def puts_one_outside_the_limits(log_probs, old_log_probs, clip_eps=0.2):
    """Outside the range the ratio became 1. A ratio of 1.5 is limited to the nearest number that is
    allowed: which is it?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, torch.where((ratio - 1).abs() < clip_eps, ratio, torch.ones_like(ratio))


@misconception("ppo_clip_ratio")
def puts_zero_outside_the_limits(log_probs, old_log_probs, clip_eps=0.2):
    """Outside the range the ratio became 0. To limit is not to leave out: which number of the range is
    nearest to a ratio of 1.5?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, torch.where((ratio - 1).abs() < clip_eps, ratio, torch.zeros_like(ratio))


@misconception("ppo_clip_ratio")
def multiplies_all_ratios(log_probs, old_log_probs, clip_eps=0.2):
    """All tokens have one ratio, that of the whole batch together. Each token has its own: is there a
    sum before exp?"""
    ratio = torch.exp((log_probs - old_log_probs.detach()).sum()).expand(len(log_probs))
    return ratio, torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def halves_the_range(log_probs, old_log_probs, clip_eps=0.2):
    """The range is only half as wide: clip_eps is the distance from 1 to each limit, not from one limit
    to the other."""
    return ppo_clip_ratio(log_probs, old_log_probs, clip_eps)[0], ppo_clip_ratio(
        log_probs, old_log_probs, clip_eps / 2
    )[1]


@misconception("ppo_clip_ratio")
def detaches_the_wrong_argument(log_probs, old_log_probs, clip_eps=0.2):
    """The gradient reaches old_log_probs and not log_probs: it should be the other way round. Which of
    the two policies is being trained?"""
    ratio = torch.exp(log_probs.detach() - old_log_probs)
    return ratio, torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def puts_both_into_one_tensor(log_probs, old_log_probs, clip_eps=0.2):
    """The two outputs are added to one. Return both: ratio, clipped_ratio."""
    ratio, clipped = ppo_clip_ratio(log_probs, old_log_probs, clip_eps)
    return ratio + clipped


@misconception("ppo_clip_ratio")
def takes_the_mean_log_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """All tokens have one ratio, made of the mean of their log-ratios. Each has its own: is there a mean before
    exp?"""
    ratio = (log_probs - old_log_probs.detach()).mean().exp().expand(len(log_probs))
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def squares_the_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """The log-ratio is doubled: this is the square of the ratio."""
    return ppo_clip_ratio(2 * log_probs, 2 * old_log_probs, clip_eps)


@misconception("ppo_clip_ratio")
def takes_base_two(log_probs, old_log_probs, clip_eps=0.2):
    """The power has base 2. Log-probabilities are natural logarithms."""
    ratio = 2 ** (log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def limits_the_log_ratio_to_one(log_probs, old_log_probs, clip_eps=0.2):
    """The difference of the log-probabilities was limited to plus or minus 1 before exp. The first output is
    the ratio as it is, however large or small; limiting is the second output's task."""
    ratio = torch.exp((log_probs - old_log_probs.detach()).clamp(-1.0, 1.0))
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def limits_the_log_ratio_to_ten(log_probs, old_log_probs, clip_eps=0.2):
    """The difference of the log-probabilities was limited to plus or minus 10 before exp. The first output is
    the ratio as it is, however large or small; limiting is the second output's task."""
    ratio = torch.exp((log_probs - old_log_probs.detach()).clamp(-10.0, 10.0))
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def caps_the_ratio_at_three(log_probs, old_log_probs, clip_eps=0.2):
    """The first output is cut off at 3, as in dual-clip PPO. It is the ratio as it is, however large; limiting
    is the second output's task."""
    ratio = torch.exp(log_probs - old_log_probs.detach()).clamp(max=3.0)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def caps_the_ratio_at_ten(log_probs, old_log_probs, clip_eps=0.2):
    """The first output is cut off at 10. It is the ratio as it is, however large; limiting is the second
    output's task."""
    ratio = torch.exp(log_probs - old_log_probs.detach()).clamp(max=10.0)
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception("ppo_clip_ratio")
def swaps_the_outputs_and_trains_the_old_policy(log_probs, old_log_probs, clip_eps=0.2):
    """The two outputs come in the wrong order, and a gradient reaches old_log_probs. First comes the ratio as
    it is; and which method cuts a constant off its graph?"""
    ratio = torch.exp(log_probs - old_log_probs)
    return ratio.clamp(1 - clip_eps, 1 + clip_eps), ratio


@misconception("ppo_clip_ratio")
def divides_one_by_the_lower_limit(log_probs, old_log_probs, clip_eps=0.2):
    """The upper limit is too large: 1 / (1 - clip_eps). PPO's range is symmetric around 1: how far above 1
    does it reach?"""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    upper = 1 / (1 - clip_eps) if clip_eps < 1 else float("inf")
    return ratio, ratio.clamp(1 - clip_eps, upper)


@misconception("ppo_clip_ratio")
def has_a_higher_upper_limit(log_probs, old_log_probs, clip_eps=0.2):
    """The upper limit is 1.28, as in DAPO, whatever is passed. Both limits are clip_eps away from 1."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(1 - clip_eps, 1.28)


@misconception("ppo_clip_ratio")
def raises_the_upper_limit(log_probs, old_log_probs, clip_eps=0.2):
    """The upper limit is further from 1 than the lower, as in DAPO. Both are clip_eps away from it."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps + 0.08)


@misconception("ppo_clip_ratio")
def subtracts_one_from_the_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """The first output is 1 too small: a policy that has not changed has ratio 1. Is expm1 where exp should
    be?"""
    ratio = torch.expm1(log_probs - old_log_probs.detach())
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


# length_penalized_reward


@misconception("length_penalized_reward")
def charges_every_token(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Every token costs, the free ones too. Which part of a response is free?"""
    return np.asarray(rm_score) - penalty_per_token * np.asarray(num_tokens)


@misconception("length_penalized_reward")
def pays_for_short_responses(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Responses shorter than the free length earn a bonus. The first tokens cost nothing, but
    leaving them out pays nothing either: what keeps the difference from going below 0?"""
    return rm_score - penalty_per_token * (num_tokens - free_tokens)


@misconception("length_penalized_reward")
def charges_every_token_of_a_long_one(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """A long response pays for all of its tokens, the free ones too. How many lie beyond the free
    ones?"""
    counted = np.where(np.asarray(num_tokens) > free_tokens, num_tokens, 0)
    return rm_score - penalty_per_token * counted


@misconception("length_penalized_reward")
def charges_the_last_free_token(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """One token too many is charged. With 150 free tokens, what does the 150th cost?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens - 1)


@misconception("length_penalized_reward")
def gives_one_more_free_token(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The first token beyond the free ones is not charged. With 150 free tokens, what does the
    151st cost?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens + 1)


@misconception("length_penalized_reward")
def never_goes_below_zero(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The result is cut off at 0. A rambling response may well be worth less than nothing: what
    is the max(0, ...) around, the tokens or the reward?"""
    return np.maximum(0.0, length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens))


@misconception("length_penalized_reward")
def adds_the_penalty(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Long responses gain from their length. Is a penalty added or subtracted?"""
    return length_penalized_reward(rm_score, num_tokens, -penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def always_charges_001(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Each extra token costs 0.01 whatever is passed. Is penalty_per_token used anywhere?"""
    return length_penalized_reward(rm_score, num_tokens, free_tokens=free_tokens)


@misconception("length_penalized_reward")
def always_gives_150_free_tokens(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """150 tokens are free whatever is passed. Is free_tokens used anywhere?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token)


@misconception("length_penalized_reward")
def charges_a_flat_fee(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """All long responses pay the same. The price is per token: how many are there beyond the free
    ones?"""
    return rm_score - penalty_per_token * (np.asarray(num_tokens) > free_tokens)


@misconception("length_penalized_reward")
def takes_one_response_only(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Works for one response, but Python's max and if cannot decide for a whole batch. Which
    NumPy function takes the larger of two, entry by entry?"""
    return rm_score - penalty_per_token * max(0, num_tokens - free_tokens)


@misconception("length_penalized_reward")
def takes_batches_only(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Works for a batch, but a plain number has no length and no index. What makes an array of
    either?"""
    return [
        rm_score[i] - penalty_per_token * max(0, num_tokens[i] - free_tokens) for i in range(len(rm_score))
    ]


@misconception("length_penalized_reward")
def needs_a_length_for_every_score(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """A lone number beside a batch is not spread over it. One score may go with many lengths, or
    one length with many scores: does NumPy's own arithmetic do it for you?"""
    if np.ndim(rm_score) == 0 and np.ndim(num_tokens) == 0:
        return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)
    penalised = np.zeros_like(rm_score, dtype=float)
    for i in range(len(num_tokens)):
        extra = max(0, num_tokens[i] - free_tokens)
        penalised[i] = rm_score[i] - penalty_per_token * extra
    return penalised


@misconception("length_penalized_reward")
def charges_all_for_one(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """As soon as one response is long, short ones are charged or paid as well. Each entry decides
    for itself: is there an any() or a max() over the batch?"""
    if np.any(np.asarray(num_tokens) > free_tokens):
        return rm_score - penalty_per_token * (num_tokens - free_tokens)
    return rm_score - 0.0 * np.asarray(num_tokens)


@misconception("length_penalized_reward")
def crosses_scores_with_lengths(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Every score met every length: a column and a row make a table. Entry i of one belongs to
    entry i of the other."""
    if np.ndim(rm_score) and np.ndim(num_tokens):
        rm_score = np.asarray(rm_score)[:, None]
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def lowers_the_scores_in_place(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """`-=` lowered the caller's scores themselves. Which expression makes
    a new array?"""
    penalty = length_penalized_reward(0.0, num_tokens, penalty_per_token, free_tokens)
    if np.ndim(rm_score) >= np.ndim(penalty):
        rm_score += penalty
        return rm_score
    return rm_score + penalty


@misconception("length_penalized_reward")
def counts_down_the_lengths_in_place(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The caller's token counts were changed by `-=`. Which expression
    makes a new array?"""
    num_tokens -= free_tokens
    return rm_score - penalty_per_token * np.maximum(0, num_tokens)


@misconception("length_penalized_reward")
def averages_the_responses(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """There is one number for the whole batch. Each response has its own reward."""
    return np.mean(length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens))


@misconception("length_penalized_reward")
def cuts_the_penalty_to_whole_points(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """With integer token counts the penalty lost its decimals. Which dtype does
    zeros_like(num_tokens) have?"""
    num_tokens = np.asarray(num_tokens)
    penalty = np.zeros_like(num_tokens)
    penalty[...] = -length_penalized_reward(0.0, num_tokens, penalty_per_token, free_tokens)
    return rm_score - penalty


@misconception("length_penalized_reward")
def takes_zero_for_missing(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """A price or a free length of 0 was replaced by the default. In Python 0 counts as false: what
    does `free_tokens or 150` give?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token or 0.01, free_tokens or 150)


@misconception("length_penalized_reward")
def limits_the_penalty(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The penalty stops growing for very long responses. Nothing in the formula bounds it."""
    penalty = -length_penalized_reward(0.0, num_tokens, penalty_per_token, free_tokens)
    return rm_score - np.minimum(penalty, 4.0)


@misconception("length_penalized_reward")
def spares_low_scores(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Responses with a score of 0 or less are not charged. A bad response can be too long as
    well."""
    penalised = length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)
    return np.where(np.asarray(rm_score) > 0, penalised, rm_score)


@misconception("length_penalized_reward")
def shrinks_the_score(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The score was multiplied by one minus the penalty. It is to be subtracted: the price of a
    token does not depend on the score."""
    penalty = -length_penalized_reward(0.0, num_tokens, penalty_per_token, free_tokens)
    return rm_score * (1 - penalty)


@misconception("length_penalized_reward")
def charges_ten_times_the_price(rm_score, num_tokens, penalty_per_token=0.1, free_tokens=150):
    """Without penalty_per_token the price is not the agreed one. Which default does the signature
    in the contract have?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def rounds_the_reward(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The reward was rounded. Leave rounding to whoever prints it."""
    return np.round(length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens), 2)


@misconception("length_penalized_reward")
def charges_for_missing_tokens_too(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Short responses are charged for every token that they stay below the free length. Is abs where
    max(0, ..) should be?"""
    tokens = np.asarray(num_tokens)
    return rm_score - penalty_per_token * np.abs(tokens - free_tokens)


@misconception("length_penalized_reward")
def takes_the_smaller_number(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Long responses cost nothing, and short ones earn something. Which of 0 and the difference should
    be taken: the smaller, or the larger?"""
    tokens = np.asarray(num_tokens)
    return rm_score - penalty_per_token * np.minimum(0, tokens - free_tokens)


@misconception("length_penalized_reward")
def charges_every_response_for_the_batch(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Every response is charged for the tokens of the whole batch. Each pays for its own: is there a
    sum too many?"""
    return length_penalized_reward(rm_score, np.sum(num_tokens), penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def charges_one_point_at_most(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The penalty never exceeds 1. Nothing in the formula bounds it."""
    penalty = -length_penalized_reward(0.0, num_tokens, penalty_per_token, free_tokens)
    return rm_score - np.minimum(penalty, 1.0)


@misconception("length_penalized_reward")
def gives_short_responses_nothing(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Responses within the free length get 0 instead of their score. What is left of the formula when
    the penalty is 0?"""
    tokens = np.asarray(num_tokens)
    return np.where(tokens > free_tokens, rm_score - penalty_per_token * (tokens - free_tokens), 0.0)


@misconception("length_penalized_reward")
def takes_the_score_for_the_length(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Score and length have changed places. Which of the two comes first?"""
    return length_penalized_reward(num_tokens, rm_score, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def exchanges_price_and_free_tokens(rm_score, num_tokens, free_tokens=150, penalty_per_token=0.01):
    """Price and free tokens have changed places where they are passed without their names. Was the
    signature changed?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def gives_100_free_tokens_by_default(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=100):
    """Without free_tokens too few are free. Which default does the signature in the contract have?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def charges_a_tenth_of_the_price(rm_score, num_tokens, penalty_per_token=0.001, free_tokens=150):
    """Without penalty_per_token the price is not the agreed one. Which default does the signature in
    the contract have?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def keeps_integer_scores_whole(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """An integer score gives an integer reward. Which dtype has an array made like the scores?"""
    reward = np.asarray(length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens))
    return reward.astype(np.asarray(rm_score).dtype)


@misconception("length_penalized_reward")
def hands_back_a_lone_score(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Where nothing is charged a lone score came back alone, though there were many lengths. What shape
    has the result of a number and an array?"""
    if np.all(np.asarray(num_tokens) <= free_tokens):
        return rm_score
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def pays_for_what_is_free(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Short responses pay for the tokens that they did not use, long ones for none: which of the two is
    subtracted from the other?"""
    return rm_score - penalty_per_token * np.maximum(0, free_tokens - np.asarray(num_tokens))


@misconception("length_penalized_reward")
def divides_by_the_length(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The score is divided by a length. The penalty is subtracted."""
    return rm_score / (1 + penalty_per_token * np.maximum(0, np.asarray(num_tokens) - free_tokens))


@misconception("length_penalized_reward")
def divides_by_a_power_of_the_length(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The score is divided by a power of the length, as beam search does. Here each token beyond the free ones
    costs the same."""
    return np.asarray(rm_score) / ((5 + np.asarray(num_tokens)) / 6) ** 0.6


@misconception("length_penalized_reward")
def squares_what_is_over(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The penalty grows with the square of the excess. Each token costs the same."""
    return rm_score - penalty_per_token * np.maximum(0, np.asarray(num_tokens) - free_tokens) ** 2


@misconception("length_penalized_reward")
def charges_shares_of_the_free_length(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The excess is measured as a share of the free tokens. It is counted in tokens."""
    over = np.maximum(0, np.asarray(num_tokens) - free_tokens)
    return rm_score - penalty_per_token * over / max(free_tokens, 1)


@misconception("length_penalized_reward")
def never_charges_at_all(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """No response pays anything. Is the penalty subtracted at all, or are min and max exchanged in it?"""
    return rm_score - penalty_per_token * np.minimum(0, np.maximum(0, np.asarray(num_tokens) - free_tokens))


@misconception("length_penalized_reward")
def has_a_limit_of_256(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Responses are charged as if they were cut at 256 tokens. Every token beyond the free ones counts."""
    return length_penalized_reward(rm_score, np.minimum(num_tokens, 256), penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def knows_the_defaults_only(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Each extra token costs 0.01 and 150 are free whatever is passed. Are the last two arguments used?"""
    return np.asarray(rm_score) - 0.01 * np.maximum(0, np.asarray(num_tokens) - 150)


@misconception("length_penalized_reward")
def charges_for_whole_tens(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Only whole tens of extra tokens are charged: the price is per token."""
    extra = np.maximum(0, np.asarray(num_tokens) - free_tokens)
    return np.asarray(rm_score) - penalty_per_token * 10 * (extra // 10)


@misconception("length_penalized_reward")
def limits_the_penalty_to_the_score(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The penalty never exceeds the size of the score. Nothing in the formula bounds it: a good response that
    rambles may well end below 0."""
    penalty = penalty_per_token * np.maximum(0, np.asarray(num_tokens) - free_tokens)
    return rm_score - np.minimum(penalty, np.abs(rm_score))


@misconception("length_penalized_reward")
def charges_the_excess_of_the_mean_length(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """All responses pay the same, for the mean length of the batch. Each pays for its own: is there a mean
    too many?"""
    reward = length_penalized_reward(rm_score, np.mean(num_tokens), penalty_per_token, free_tokens)
    return reward + np.zeros(np.shape(num_tokens))


@misconception("length_penalized_reward")
def charges_the_mean_excess(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """All responses pay the same, the mean of what the batch should pay. Each pays for its own: is there a
    mean too many?"""
    penalty = penalty_per_token * np.maximum(0, np.asarray(num_tokens) - free_tokens)
    return rm_score - np.mean(penalty) + np.zeros(np.shape(num_tokens))


@misconception("length_penalized_reward")
def charges_for_the_longest_response(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """All responses pay for the longest of the batch. Each pays for its own tokens: what does np.max do, and
    what np.maximum?"""
    reward = length_penalized_reward(rm_score, np.max(num_tokens), penalty_per_token, free_tokens)
    return reward + np.zeros(np.shape(num_tokens))


@misconception("length_penalized_reward")
def wraps_round_below_the_free_tokens(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Short responses pay an enormous penalty: unsigned integers have no numbers below 0 and begin again at
    the largest. Which dtype have the token counts when free_tokens is subtracted?"""
    over = np.asarray(num_tokens).astype(np.uint64) - np.uint64(free_tokens)
    return rm_score - penalty_per_token * over.astype(float)


@misconception("length_penalized_reward")
def wraps_round_in_32_bits(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Short responses pay an enormous penalty: unsigned integers have no numbers below 0 and begin again at
    the largest. Which dtype have the token counts when free_tokens is subtracted?"""
    with np.errstate(over="ignore"):
        over = np.asarray(num_tokens).astype(np.uint32) - np.uint32(free_tokens)
    return rm_score - penalty_per_token * over.astype(float)


@misconception("length_penalized_reward")
def rounds_to_one_decimal(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The reward was rounded to one decimal. Leave rounding to whoever prints it."""
    return np.round(length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens), 1)


@misconception("length_penalized_reward")
def charges_the_last_free_token_and_rounds(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """One token too many is charged, and the reward was rounded. With 150 free tokens, what does the 150th
    cost? Leave rounding to whoever prints it."""
    return np.round(length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens - 1), 1)


@misconception("length_penalized_reward")
def changes_both_defaults(rm_score, num_tokens, penalty_per_token=0.1, free_tokens=100):
    """Without the last two arguments neither the price nor the free length is the agreed one. Which defaults
    does the signature in the contract have?"""
    return length_penalized_reward(rm_score, num_tokens, penalty_per_token, free_tokens)


@misconception("length_penalized_reward")
def divides_by_all_tokens(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The score is divided by the number of tokens. The penalty is subtracted, and only for tokens beyond
    the free ones."""
    return rm_score / np.maximum(np.asarray(num_tokens), 1)
