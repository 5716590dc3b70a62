using System.Text.RegularExpressions;
using MiniRuntime.Compose.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads a stack file: the part of the Compose file format that is about networks, and about containers in general.</summary>
internal sealed partial class StackReader
{
    /// <summary>The network of services that name none.</summary>
    public const string DefaultNetwork = "default";

    private readonly ReadingContext _context;
    private readonly ServiceReader _services;

    private StackReader(ReadingContext context)
    {
        _context = context;
        _services = new ServiceReader(context);
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="variables">The value of a variable; <see langword="null"/> when it is not set.</param>
    /// <exception cref="StackFileException">All that is wrong in it.</exception>
    public static Stack Read(string file, string text, Func<string, string?> variables)
    {
        ReadingContext context = new(file, variables);
        Stack? stack = null;
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                stack = new StackReader(context).Read(new YamlMap(root, "a stack file", context));
            }
            else
            {
                context.Report(stream.Documents.Count == 0 ? new Mark(0, 1, 1) : stream.Documents[^1].RootNode.Start, "a stack file is one map, with services in it");
            }
        }
        catch (YamlException exception)
        {
            context.Report(exception.Start, $"not YAML: {exception.Message}");
        }

        context.ThrowIfAny();
        return stack!;   // without a problem there is one
    }

    private Stack Read(YamlMap file)
    {
        YamlValue? name = file.Take("name");
        _ = file.Take("version");   // of no meaning since there is one format
        List<Service> services = [];
        YamlValue? declared = file.Take("services");
        foreach ((string key, YamlValue value) in declared?.Map()?.Entries(withExtensions: false) ?? [])
        {
            CheckName(key, value);
            if (_services.Read(key, value) is { } service)
            {
                services.Add(service);
            }
        }

        List<StackNetwork> networks = [];
        foreach ((string key, YamlValue value) in file.Take("networks")?.Map()?.Entries(withExtensions: false) ?? [])
        {
            CheckName(key, value);
            networks.Add(NetworkReader.Read(key, value));
        }

        if (services.Exists(service => service.Networks.Any(network => network.Network == DefaultNetwork)) && !networks.Exists(network => network.Key == DefaultNetwork))
        {
            networks.Add(new StackNetwork(DefaultNetwork));
        }

        CheckNetworks(networks);
        CheckDependencies(services);
        file.RejectOthers();
        if (name?.Text() is { } project && !ProjectName.IsValid(project))
        {
            name.Report($"name must be {ProjectName.Rule}, and is \"{project}\"");
        }

        return new Stack { Name = name?.Text(), Services = services, Networks = networks };
    }

    private static void CheckName(string key, YamlValue value)
    {
        if (!Name().IsMatch(key))
        {
            value.ReportAtName($"the name \"{key}\" may have letters, digits, dots, dashes and underscores only, and begins with a letter or a digit");
        }
    }

    private void CheckNetworks(List<StackNetwork> networks)
    {
        string known = networks.Count == 0 ? "it has none" : $"it has {string.Join(", ", networks.Select(network => network.Key))}";
        foreach ((string network, YamlValue source) in _services.Networks.Where(used => !networks.Exists(network => network.Key == used.Network)))
        {
            source.ReportAtName($"network {network} is not in the file's networks; {known}");
        }
    }

    private void CheckDependencies(List<Service> services)
    {
        foreach ((_, Dependency dependency, YamlValue source) in _services.Dependencies.Where(entry => !services.Exists(service => service.Name == entry.Dependency.Service)))
        {
            source.ReportAtName($"service {dependency.Service} is not in the file; it has {string.Join(", ", services.Select(service => service.Name))}");
        }

        foreach ((string name, Dependency dependency, YamlValue source) in _services.Dependencies)
        {
            if (services.Find(service => service.Name == dependency.Service) is { Replicas: 0 } && services.Exists(service => service.Name == name && service.NetworkMode == $"service:{dependency.Service}"))
            {
                source.ReportAtName($"service {dependency.Service} has no container whose network could be shared");
            }
        }

        DependencyCycles.Report(_services.Dependencies);
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9._-]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
