namespace MiniRuntime.Engine.Containers;

/// <summary>Which networks a container can be on at the same time.</summary>
internal static class NetworkCombination
{
    /// <exception cref="EngineException">400: the host's network and the one without a way out go with no other.</exception>
    public static void Check(IReadOnlyList<string> names)
    {
        if (names.Count < 2)
        {
            return;
        }

        if (names.Contains(NetworkMode.Host))
        {
            throw EngineException.BadRequest("container cannot be disconnected from host network or connected to host network");
        }

        if (names.Contains(NetworkMode.None))
        {
            throw EngineException.BadRequest(
                "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }
}
