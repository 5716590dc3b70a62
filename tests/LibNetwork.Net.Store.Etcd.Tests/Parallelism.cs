using Xunit.v3;

// Each class has clusters of up to three members, which write to the disk for each commit: on a small machine two at once starve each other of heartbeats.
[assembly: Parallelization(MaxThreads = 1)]
