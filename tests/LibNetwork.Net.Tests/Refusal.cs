namespace LibNetwork.Tests;

/// <summary>What a verb that is asked for something bad must do.</summary>
internal static class Refusal
{
    /// <summary>It throws an error of the kind that is expected, and leaves nothing: not in the kernel, the store, IPAM or the lists.</summary>
    public static async Task<NetworkException> AssertAsync(World world, NetworkErrorKind kind, Func<Task> verb)
    {
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(verb);

        Assert.True(kind == refused.Kind, $"expected {kind}: {refused}");
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), refused.Message);
        return refused;
    }
}
