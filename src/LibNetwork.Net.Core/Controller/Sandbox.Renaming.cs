namespace LibNetwork.Controller;

/// <content>Another name for all that is joined.</content>
internal sealed partial class Sandbox
{
    public Task RenameAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectName.Checked(name, "endpoint");
        if (Volatile.Read(ref _deleting) != 0)
        {
            throw NetworkException.NotFound(Subject);
        }

        return Renaming.RunAsync(
            Subject,
            name,
            _attachments.Where(static attachment => !attachment.IsGatewayNetwork).Select(static attachment => attachment.Endpoint),
            endpoint => !endpoint.IsDeleted && endpoint.State.SandboxId == Id,
            Services,
            cancellationToken);
    }
}
