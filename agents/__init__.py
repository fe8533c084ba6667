"""The agents (generator, critic, repairer) and the chat models behind them."""
