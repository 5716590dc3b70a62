using LibNetwork.Probe;
using LibNetwork.Probe.Crash;

return args switch
{
    ["look", string folder] => await CrashRun.LookAsync(folder),
    [string hostNamespace, string runDirectory] => await Visit.RunAsync(hostNamespace, runDirectory),
    ["crash", string folder, string situation, string restoreStep, string verbStep]
        => await CrashRun.RunAsync(folder, situation, int.Parse(restoreStep, null), int.Parse(verbStep, null)),
    _ => throw new ArgumentException("a host's namespace and a folder, or: crash FOLDER SITUATION STEP STEP, or: look FOLDER", nameof(args)),
};
