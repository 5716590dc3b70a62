namespace LibNetwork.Controller;

/// <content>Being the template of others.</content>
internal sealed partial class Network
{
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);   // names of networks that are made from this one

    /// <summary>Keeps the template while a network is made from it.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: it is being deleted.</exception>
    public void Use(string networkName)
    {
        lock (_gate)
        {
            if (_isDeleted)
            {
                throw NetworkException.NotFound(Subject);
            }

            _users.Add(networkName);
        }
    }

    /// <summary>A network that was made from it is gone.</summary>
    public void EndUse(string networkName)
    {
        lock (_gate)
        {
            _users.Remove(networkName);
        }
    }

    /// <summary>In the lock.</summary>
    private void ThrowIfUsed()
    {
        if (_users.Count > 0)
        {
            string users = string.Join(", ", _users.Order(StringComparer.Ordinal).Select(static name => $"\"{name}\""));
            throw NetworkException.Forbidden(Subject, $"is the template of networks: {users}", users, "delete them first");
        }
    }

    private void ThrowIfTemplate(string endpointName)
    {
        if (State.ConfigOnly)
        {
            throw NetworkException.Forbidden($"endpoint \"{endpointName}\" on {Subject}", "the network is only a template of settings for others", Subject, "use a network that is made from it");
        }
    }
}
