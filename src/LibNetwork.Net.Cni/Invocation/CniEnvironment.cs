using System.Collections.ObjectModel;
using LibNetwork.Cni.Errors;

namespace LibNetwork.Cni.Invocation;

/// <summary>The parameters of a call that come as variables of the environment, checked.</summary>
internal sealed record CniEnvironment
{
    private const string CommandVariable = "CNI_COMMAND", ContainerVariable = "CNI_CONTAINERID", NamespaceVariable = "CNI_NETNS";
    private const string InterfaceVariable = "CNI_IFNAME", ArgumentsVariable = "CNI_ARGS", PathVariable = "CNI_PATH";

    public required CniCommand Command { get; init; }

    /// <summary>The container; empty for verbs that are about none.</summary>
    public string ContainerId { get; init; } = string.Empty;

    /// <summary>The path of the container's network namespace; <see langword="null"/> when it is not said, as DEL may do.</summary>
    public string? NamespacePath { get; init; }

    /// <summary>The interface's name inside the container; empty for verbs that are about none.</summary>
    public string InterfaceName { get; init; } = string.Empty;

    /// <summary>Further arguments, by name.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidEnvironment"/>: a variable is missing or not valid; it is named.</exception>
    public static CniEnvironment Read(Func<string, string?> variable)
    {
        CniCommand command = variable(CommandVariable) switch
        {
            "ADD" => CniCommand.Add,
            "DEL" => CniCommand.Del,
            "CHECK" => CniCommand.Check,
            "GC" => CniCommand.Gc,
            "STATUS" => CniCommand.Status,
            "VERSION" => CniCommand.Version,
            null or "" => throw Invalid(CommandVariable, "is missing"),
            var other => throw Invalid(CommandVariable, $"is \"{other}\", which is none of ADD, DEL, CHECK, GC, STATUS and VERSION"),
        };
        string? path = variable(PathVariable);
        return command switch
        {
            CniCommand.Version => new CniEnvironment { Command = command },
            CniCommand.Gc or CniCommand.Status => string.IsNullOrEmpty(path) ? throw Invalid(PathVariable, "is missing") : new CniEnvironment { Command = command },
            _ => new CniEnvironment
            {
                Command = command,
                ContainerId = Container(variable(ContainerVariable)),
                NamespacePath = Namespace(variable(NamespaceVariable), isNeeded: command != CniCommand.Del),
                InterfaceName = Interface(variable(InterfaceVariable)),
                Arguments = CniArguments.Parse(ArgumentsVariable, variable(ArgumentsVariable)),
            },
        };
    }

    private static string Container(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw Invalid(ContainerVariable, "is missing");
        }

        return char.IsAsciiLetterOrDigit(id[0]) && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && id.Length <= ObjectName.MaxLength
            ? id
            : throw Invalid(ContainerVariable, $"is \"{id}\", which is not a letter or digit and then up to {ObjectName.MaxLength - 1} letters, digits, '_', '.' and '-'");
    }

    private static string? Namespace(string? path, bool isNeeded)
    {
        if (string.IsNullOrEmpty(path))
        {
            return isNeeded ? throw Invalid(NamespaceVariable, "is missing") : null;
        }

        return path[0] == '/' ? path : throw Invalid(NamespaceVariable, $"is \"{path}\", which is not a path from the root");
    }

    private static string Interface(string? name) => string.IsNullOrEmpty(name)
        ? throw Invalid(InterfaceVariable, "is missing")
        : LibNetwork.InterfaceName.IsValid(name)
            ? name
            : throw Invalid(InterfaceVariable, $"is \"{name}\", which is not a name that an interface can have");

    private static CniException Invalid(string variable, string problem) => new(CniErrorCode.InvalidEnvironment, $"{variable} {problem}");
}
