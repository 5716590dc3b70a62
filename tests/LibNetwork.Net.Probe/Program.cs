using LibNetwork.Probe;
using LibNetwork.Probe.Crash;

return args switch
{
    ["crowd", string hostNamespace, string runDirectory, .. string[] few]
        => await Crowd.RunAsync(hostNamespace, runDirectory, hasFewDescriptors: few is ["few"]),
    ["drivers", string hostNamespace, string runDirectory, string wire, string address, string pluginFolder]
        => await Drivers.RunAsync(hostNamespace, runDirectory, wire, address, pluginFolder),
    ["look", string folder] => await CrashRun.LookAsync(folder),
    [string hostNamespace, string runDirectory] => await Visit.RunAsync(hostNamespace, runDirectory),
    ["crash", string folder, string situation, string restoreStep, string verbStep, .. string[] storm]
        => await CrashRun.RunAsync(folder, situation, int.Parse(restoreStep, null), int.Parse(verbStep, null), inStorm: storm is ["storm"]),
    _ => throw new ArgumentException("a host's namespace and a folder, or: crowd NAMESPACE FOLDER [few], or: crash FOLDER SITUATION STEP STEP [storm], or: look FOLDER, or: drivers NAMESPACE FOLDER WIRE ADDRESS PLUGINS", nameof(args)),
};
