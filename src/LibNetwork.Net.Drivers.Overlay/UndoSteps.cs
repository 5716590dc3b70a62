using LibNetwork.Linux;

namespace LibNetwork.Drivers.Overlay;

/// <summary>What takes back the steps of one turn at the kernel, within that turn.</summary>
internal sealed class UndoSteps
{
    private readonly Stack<Action> _steps = new();

    public void Push(Action step) => _steps.Push(step);

    /// <summary>Takes the steps back, the last first, and goes on after a refusal.</summary>
    public void TakeBack(Action<Exception> report)
    {
        while (_steps.TryPop(out Action? step))
        {
            try
            {
                step();
            }
            catch (KernelException refused)
            {
                report(refused);
            }
        }
    }
}
