namespace LibNetwork.Controller;

/// <content>Networks that are made from templates.</content>
public sealed partial class NetworkController
{
    /// <summary>After a start: templates know again who uses them.</summary>
    internal void FindTemplateUsers()
    {
        foreach (Network network in _networks.Values)
        {
            TemplateOf(network.State)?.Use(network.Name);
        }
    }

    private Network? TemplateOf(NetworkState state)
        => state.ConfigFrom is { } name && TryGetNetwork(name, out INetwork? template) && template.State.ConfigOnly ? (Network)template : null;

    /// <summary>The template that a network is to be made from, if any.</summary>
    private Network? FindTemplate(NetworkSpec spec, string subject)
    {
        if (spec.ConfigFrom is not { } name)
        {
            return null;
        }

        if (!TryGetNetwork(name, out INetwork? template))
        {
            throw new NetworkException(NetworkErrorKind.NotFound, subject, $"network \"{name}\", whose settings it takes, does not exist") { Field = nameof(spec.ConfigFrom) };
        }

        return template.State.ConfigOnly
            ? (Network)template
            : throw new NetworkException(NetworkErrorKind.Forbidden, subject, $"network \"{name}\" is not a template of settings")
            {
                Field = nameof(spec.ConfigFrom),
                Remedy = $"name a network that was created with {nameof(spec.ConfigOnly)}",
            };
    }
}
