"""Does a call in a second thread."""
import os
import threading

thread = threading.Thread(target=os.listdir, args=("/proc/self/fdinfo",))
thread.start()
thread.join()
