"""The system "answering": questions answered before and after fine-tuning, by marking a span or by generating.

Both ways give one candidate answer a question with a margin over saying nothing; a threshold that is chosen on the
validation questions alone turns margins into answers and abstentions. So the same tables come of both.
"""
