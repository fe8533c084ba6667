"""SFT, DPO and the merge of dialect models."""
