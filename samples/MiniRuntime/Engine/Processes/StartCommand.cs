namespace MiniRuntime.Engine.Processes;

/// <summary>Lays out a container's folder and composes the command that starts its process.</summary>
internal static class StartCommand
{
    private const string NoInput = "/dev/null";

    // docker's: any user may ping and listen on any port of a network stack that is the container's own.
    private static readonly (string Name, string Value)[] DefaultSysctls =
        [("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ping_group_range", "0 2147483647")];

    // What belongs to a namespace that a container has of its own; anything else would be the machine's.
    private static readonly string[] OwnSysctls = ["kernel.domainname", "kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue."];

    /// <exception cref="EngineException">400: the specification cannot be met.</exception>
    public static IReadOnlyList<string> Build(ProcessSpec spec, RootStorage storage, bool hostNetwork)
    {
        ContainerFolder folder = new(spec.Folder);
        bool isHost = spec.ImageRoot == "/";
        bool overlay = storage.CanOverlay(folder.Path);
        if (!overlay)
        {
            RootStorage.Copy(spec.ImageRoot, folder.Root);
        }

        RootFolder root = overlay ? new(folder.Upper, spec.ImageRoot) : new(folder.Root, image: null);
        root.Prepare(spec.WorkingDirectory);
        ContainerUser user = ContainerUser.Find(spec.User, root.ReadFile);
        IReadOnlyList<string> environment = ProgramEnvironment.Build(spec.Environment, spec.HostName, user.Home, spec.Terminal);

        foreach (string path in new[] { folder.Root, folder.Work, folder.Devices })
        {
            Directory.CreateDirectory(path);
        }

        DeviceLinks.Make(folder.Devices);
        foreach (string file in RootFolder.ManagedFiles.Select(file => Path.Combine(folder.Path, Path.GetFileName(file))).Where(file => !File.Exists(file)))
        {
            File.WriteAllBytes(file, []);
        }

        File.WriteAllText(folder.MountTable, MountTable.Build(folder, overlay ? spec.ImageRoot : null, isHost, spec.Privileged));
        File.WriteAllText(folder.Sysctls, string.Concat(Sysctls(spec, hostNetwork).Select(line => $"{line}\n")));
        File.Delete(folder.Exit);   // an earlier run's

        string shell = HostPrograms.Shell;
        string input = spec.Terminal ? "terminal" : !spec.OpenInput ? "none" : spec.InputEndsWithClients ? "once" : "always";
        string[] keeper =
        [
            HostPrograms.Find("unshare"), "--mount", "--uts", "--ipc", "--pid", "--propagation", "private", "--",
            shell, "-c", Scripts.Keeper, "keeper", folder.Path, input, isHost ? "yes" : "no",
            .. spec.Terminal ? new[] { HostPrograms.Find("setsid"), "--ctty" } : [],
            HostPrograms.Find("setpriv"), .. Privileges(spec, user), "--",
            .. ProgramShell(environment), "-c", Scripts.Start, "start", spec.WorkingDirectory,
            .. environment.Where(IsShellVariable), "--", .. spec.Command,
        ];
        if (spec.Terminal)
        {
            Posix.MakePipe(folder.Input);
            keeper = [HostPrograms.Find("script"), "--quiet", "--flush", "--return", "--echo", "always", "--command", $"exec {Scripts.Quote(keeper)}", "/dev/null"];
        }

        return
        [
            HostPrograms.Find("setsid"), shell, "-c", Scripts.Redirect, "redirect",
            spec.Terminal ? folder.Input : NoInput, folder.Output, folder.Error, .. keeper,
        ];
    }

    // A name such as a.b is no variable of sh, which drops it; bash hands it on.
    private static IEnumerable<string> ProgramShell(IReadOnlyList<string> environment)
    {
        string[] strange = [.. environment.Where(entry => !IsShellVariable(entry))];
        return strange.Length == 0 ? [HostPrograms.Shell] : [HostPrograms.Find("env"), "--ignore-environment", .. strange, HostPrograms.Find("bash")];
    }

    private static bool IsShellVariable(string entry)
    {
        string name = entry[..entry.IndexOf('=', StringComparison.Ordinal)];
        return !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
    }

    private static IEnumerable<string> Privileges(ProcessSpec spec, ContainerUser user)
    {
        string id = $"{user.Id}", group = $"{user.Group}";
        string bound = Capabilities.ToText(Capabilities.Bound(spec.Privileged, spec.CapAdd, spec.CapDrop));
        return ["--reuid", id, "--regid", group, "--groups", string.Join(',', user.Groups), "--bounding-set", bound, "--inh-caps", "-all"];
    }

    private static IEnumerable<string> Sysctls(ProcessSpec spec, bool hostNetwork)
    {
        yield return $"kernel/hostname {spec.HostName}";
        foreach ((string name, string value) in hostNetwork ? [] : DefaultSysctls.Where(sysctl => !spec.Sysctls.ContainsKey(sysctl.Name)))
        {
            yield return $"{name.Replace('.', '/')} {value}";
        }

        foreach ((string name, string value) in spec.Sysctls)
        {
            bool isNetwork = name.StartsWith("net.", StringComparison.Ordinal);
            if (isNetwork ? hostNetwork : !OwnSysctls.Any(own => name.StartsWith(own, StringComparison.Ordinal)))
            {
                throw KeeperProcess.CannotCreate(400, isNetwork
                    ? $"sysctl \"{name}\" not allowed in host network namespace"
                    : $"sysctl \"{name}\" is not in a separate kernel namespace", exitCode: 128);
            }

            yield return $"{name.Replace('.', '/')} {value.ReplaceLineEndings(" ")}";
        }
    }
}
