namespace LibNetwork.Linux.Namespaces;

/// <summary>Runs a user's code on a thread that enters a namespace, and is back home before anybody hears of the result.</summary>
internal static class NamespaceThread
{
    public static Task<TResult> RunAsync<TResult>(NetworkNamespace inside, Func<TResult> code)
    {
        // Continuations run elsewhere: completing the task must not run the caller's code on this thread.
        TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        NetworkNamespace.Use use = inside.Begin();
        Thread thread = new(() =>
        {
            int errno = NamespaceWindow.Enter(use.Descriptor);
            use.Dispose();
            if (errno != 0)
            {
                completion.SetException(new KernelException("enter network namespace", inside.Path ?? string.Empty, errno));
                return;
            }

            TResult? result = default;
            Exception? failure = null;
            try
            {
                result = code();
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            NamespaceWindow.GoHome();
            if (failure is null)
            {
                completion.SetResult(result!);   // code() ran to its end and gave this value
            }
            else
            {
                completion.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "libnetwork inside",
        };
        thread.Start();
        return completion.Task;
    }
}
