"""Count a shipped model's parameters from its config: count_closed_form.py MODEL.

Prints the CPU time of the work without the imports, and the count.
"""

import json
import sys
import time

from experiments.parameters.catalogue import find_model
from experiments.parameters.count import count

if __name__ == "__main__":
    start = time.process_time()
    total = count(find_model(sys.argv[1]), head="causal").total
    print(json.dumps({"seconds": time.process_time() - start, "outcome": total.logical_base}))
