namespace LibNetwork.Probe.Crash;

/// <summary>One life: takes up what the last one left, looks whether it is all right, clears up, begins a verb, and dies in it.</summary>
/// <remarks>
/// Prints what it finds wrong, one line each, and the state of everything once it has cleared up, which must be the same in every life.
/// Exit code 0: the verb has fewer steps than it was to die at.
/// </remarks>
internal static class CrashRun
{
    /// <summary>Prints what there is, and takes nothing up.</summary>
    public static async Task<int> LookAsync(string folder)
    {
        await using CrashWorld world = new(folder);
        await PrintAsync(world);
        return 0;
    }

    /// <param name="folder">Where the host and its state are.</param>
    /// <param name="name">The verb.</param>
    /// <param name="restoreStep">The step of restoring that it dies at.</param>
    /// <param name="verbStep">The step of the verb that it dies at.</param>
    /// <param name="inStorm">Whether containers come and go beside the verb.</param>
    public static async Task<int> RunAsync(string folder, string name, int restoreStep, int verbStep, bool inStorm)
    {
        Situation situation = Situations.All[name];
        CrashWorld world = new(folder);   // not disposed when the process dies
        world.Steps.Arm(restoreStep);
        RestoreReport report = await world.Controller.RestoreAsync();
        world.Steps.Arm(-1);
        foreach (NetworkException failure in report.Failures)
        {
            Console.WriteLine($"wrong: not restored: {failure.Message}");
        }

        await Situations.PrepareAsync(world);
        foreach (string address in world.WrongAddresses())
        {
            Console.WriteLine($"wrong: address {address}");
        }

        try
        {
            _ = situation.Effect(world);
            await situation.Clear(world);
            await Storm.ClearAsync(world);
        }
        catch (Exception exception) when (exception is InvalidOperationException or NetworkException or AggregateException)
        {
            Console.WriteLine($"wrong: {exception.Message}");
        }

        await PrintAsync(world);
        await situation.Make(world);
        await Console.Out.FlushAsync();
        async Task ActAsync()
        {
            world.Steps.Arm(verbStep, countsAll: !inStorm);
            await situation.Act(world);
            world.Steps.Arm(-1);
        }

        await (inStorm ? Storm.BlowBesideAsync(world, ActAsync) : ActAsync());
        if (!situation.Effect(world) && name != "storm")
        {
            Console.WriteLine("wrong: the verb succeeded without effect");
        }

        await world.DisposeAsync();
        return 0;
    }

    private static async Task PrintAsync(CrashWorld world)
    {
        foreach (string line in await world.SnapshotAsync())
        {
            Console.WriteLine($"is: {line}");
        }
    }
}
