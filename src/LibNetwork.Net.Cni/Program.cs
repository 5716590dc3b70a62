using LibNetwork.Cni;

// Off the main thread: the library gives the kernel no work there, and would have to change threads for every request.
return await Task.Run(static async () =>
{
    Stream input = StandardStreams.OpenInput(), output = StandardStreams.OpenOutput();
    await using (input.ConfigureAwait(false))
    await using (output.ConfigureAwait(false))
    {
        return await CniPlugin.RunAsync(Environment.GetEnvironmentVariable, input, output, CancellationToken.None).ConfigureAwait(false);
    }
}).ConfigureAwait(false);
